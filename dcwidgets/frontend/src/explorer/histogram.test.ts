import { expect, it } from 'vitest';

import { BINS, compare, spreads, stepPath } from './histogram';

const pixels = (...colours: number[][]): Uint8ClampedArray =>
  Uint8ClampedArray.from(colours.flatMap(([r, g, b, a]) => [r!, g!, b!, a ?? 255]));

it('counts each channel by itself', () => {
  const [red, green, blue] = spreads(pixels([0, 255, 8], [255, 255, 100]));

  expect([red!.mean, red!.black, red!.white]).toEqual([0.5, 0.5, 0.5]);
  expect([green!.mean, green!.white]).toEqual([1, 1]);
  expect(blue!.shares.map((share, bin) => (share ? bin : -1)).filter((bin) => bin >= 0)).toEqual([
    1, 12,
  ]);
});

it('leaves clear pixels out, and has shares that add up to 1', () => {
  const [red] = spreads(pixels([10, 0, 0], [200, 0, 0], [90, 0, 0, 0]));

  expect(red!.shares).toHaveLength(BINS);
  expect(red!.shares.reduce((sum, share) => sum + share)).toBeCloseTo(1);
  expect(red!.shares[Math.floor((90 * BINS) / 256)]).toBe(0);
});

it('of nothing is nothing', () => {
  expect(spreads(pixels())[0]!.mean).toBe(0);
});

it('becomes steps', () => {
  expect(stepPath([0, 1], 1, 10, 4)).toBe('M0 4H0V4H5V0H10V4');
});

it('is compared in words', () => {
  const [dark, , light] = spreads(pixels([0, 0, 255], [51, 0, 255]));

  expect(compare(dark!, light!)).toBe('mean 0.10 → 1.00 · at 0: 50 % → 0 % · at 255: 0 % → 100 %');
});
