import { expect, test } from 'vitest';

import type { Judged } from './counts';
import { area, called, cheapest, confusion, f1, metrics, roc, spread, wrongness } from './counts';

const judged: Judged = {
  n: 6,
  classes: ['cat', 'dog'],
  truth: Uint16Array.from([0, 0, 0, 1, 1, 1]),
  probability: Float32Array.from([0.1, 0.4, 0.8, 0.3, 0.7, 0.9]),
};

test('a picture is the second class above the threshold, not at it', () => {
  const half = { ...judged, probability: Float32Array.from([0.5, 0.5, 0.6, 0.4, 0.5, 1]) };

  expect([...called(half, 0.5)]).toEqual([0, 0, 1, 0, 0, 1]);
});

test('confusion counts classes by what they were called', () => {
  expect(confusion(judged, called(judged, 0.5))).toEqual([
    [2, 1],
    [1, 2],
  ]);
});

test('metrics are counts out of totals', () => {
  const cells = [
    [8, 2],
    [1, 9],
  ];

  expect(metrics(cells)).toEqual([
    { name: 'accuracy', hits: 17, all: 20 },
    { name: 'precision', hits: 9, all: 11 },
    { name: 'recall', hits: 9, all: 10 },
  ]);
  expect(f1(cells)).toBeCloseTo(18 / 21);
  expect(
    metrics([
      [3, 0, 0],
      [0, 2, 1],
      [0, 0, 4],
    ])
  ).toEqual([{ name: 'accuracy', hits: 9, all: 10 }]);
});

test('the ROC curve passes through every threshold, and its area counts ordered pairs', () => {
  const points = roc(judged);

  expect(points).toHaveLength(7);
  expect(points.at(-1)).toMatchObject({ falsePositives: 3, truePositives: 3 });
  // Of nine pairs of a cat and a dog, six give the dog more.
  expect(area(points)).toBeCloseTo(6 / 9);
  for (const { threshold, falsePositives, truePositives } of points) {
    const cells = confusion(judged, called(judged, threshold));
    expect([cells[0]![1], cells[1]![1]]).toEqual([falsePositives, truePositives]);
  }
});

test('equal probabilities make one point', () => {
  const equal = { ...judged, probability: new Float32Array(6).fill(0.5) };

  expect(roc(equal)).toHaveLength(2);
  expect(area(roc(equal))).toBeCloseTo(0.5);
});

test('the cheapest threshold follows the costs', () => {
  const points = roc(judged);

  const timid = cheapest(points, 10, 1);
  const bold = cheapest(points, 1, 10);

  expect(timid.threshold).toBeGreaterThan(0.8);
  expect(timid.cost).toBe(2); // two dogs are missed, no cat is called a dog
  expect(bold.threshold).toBeLessThan(0.3);
  expect(bold.cost).toBe(2); // two cats are called dogs, no dog is missed
});

test('a histogram holds every picture, ends included', () => {
  const ends = { ...judged, probability: Float32Array.from([0, 1, 0.05, 1, 0.999, 0.5]) };

  const counts = spread(ends, 10);

  expect(counts[0]).toEqual([2, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  expect(counts[1]!.reduce((a, b) => a + b)).toBe(3);
});

test('errors are worse than doubts', () => {
  const said = called(judged, 0.75);
  const worst = [0, 1, 2, 3, 4, 5].sort(
    (a, b) => wrongness(judged, said, b) - wrongness(judged, said, a)
  );

  expect(worst.slice(0, 3)).toEqual([2, 3, 4]);
});
