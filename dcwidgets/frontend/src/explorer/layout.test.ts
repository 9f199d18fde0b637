import { expect, it } from 'vitest';

import { fit, Layout } from './layout';
import type { About } from './types';

const about = { pictures: 4, draws: 4, size: 128 } as About;

it('shows draws of full size beside the panel in JupyterLab at 1280 pixels', () => {
  const { layout, stacked } = fit(about, 830);

  expect(stacked).toBe(false);
  expect(layout.rect(0, 1).edge).toBe(128);
  expect(layout.edge).toBe(58);
  expect(layout.width).toBe(58 + 12 + 4 * 128 + 3 * 4);
});

it('shows originals of full size where there is room', () => {
  expect(fit(about, 1040).layout.edge).toBe(128);
});

it('puts the panel below rather than shrink the draws', () => {
  const { layout, stacked } = fit(about, 700);

  expect(stacked).toBe(true);
  expect(layout.edge).toBe(128);
  expect(layout.rect(3, 4)).toEqual({ x: 536, y: 396, edge: 128 });
});

it('does not enlarge small originals', () => {
  expect(fit({ ...about, size: 32 }, 400).layout.edge).toBe(32);
});

it('is as large as what it holds', () => {
  const { width, height } = new Layout({ ...about, pictures: 2, draws: 3, size: 8 }, 8);

  expect([width, height]).toEqual([8 + 12 + 3 * 8 + 2 * 4, 20]);
});
