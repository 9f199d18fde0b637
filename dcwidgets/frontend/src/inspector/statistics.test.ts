import { describe, expect, it } from 'vitest';

import { compareSplits } from './comparison';
import { crossTable, oddity } from './crosstab';
import { Crossfilter } from './filter';
import { reasons } from './reasons';
import {
  beyondNoise,
  difference,
  expectedCell,
  normalQuantile,
  percent,
  wilson,
} from '../shared/stats';
import type { Column } from './table';
import { categoryColumn, numberColumn } from './table';

function category(name: string, labels: string[], values: (string | null)[]): Column {
  const codes = values.map((value) => (value === null ? 0 : labels.indexOf(value) + 1));
  return categoryColumn(name, labels, Uint8Array.from(codes));
}

describe('intervals', () => {
  it('gives the published Wilson interval of 81 in 263', () => {
    // Newcombe (1998), table I: 0.2553 to 0.3662.
    const { low, high } = wilson(81, 263);
    expect(low).toBeCloseTo(0.2553, 4);
    expect(high).toBeCloseTo(0.3662, 4);
  });

  it('gives the published interval of 56/70 minus 48/80', () => {
    // Newcombe (1998), table II, method 10: 0.0524 to 0.3339.
    const { low, high } = difference(56, 70, 48, 80);
    expect(low).toBeCloseTo(0.0524, 4);
    expect(high).toBeCloseTo(0.3339, 4);
  });

  it('stays within 0 and 1 at the ends, and says nothing of no pictures', () => {
    expect(wilson(0, 10).low).toBe(0);
    expect(wilson(10, 10).high).toBeCloseTo(1, 12);
    expect(wilson(0, 0)).toMatchObject({ low: 0, high: 1 });
    expect(beyondNoise(difference(0, 0, 5, 10))).toBe(false);
  });

  it('knows the quantiles of the normal distribution', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.96, 2);
    expect(normalQuantile(0.0005)).toBeCloseTo(-3.29, 2);
  });

  it('expects the product of the margins', () => {
    const { expected, low, high } = expectedCell(40, 50, 200);
    expect(expected).toBe(10);
    expect(low).toBeLessThan(10);
    expect(high - 10).toBeCloseTo(10 - low, 9);
  });

  it('writes small shares with a digit more', () => {
    expect([percent(0.004), percent(0.5), percent(0), percent(NaN)]).toEqual([
      '0.4 %',
      '50 %',
      '0 %',
      '–',
    ]);
  });
});

describe('two splits', () => {
  const n = 400;
  const split = category('split', ['train', 'test'], alternate(['train', 'test'], n));
  const same = category(
    'coat',
    ['black', 'white'],
    alternate(['black', 'black', 'white', 'white'], n)
  );
  const other = category('scene', ['sofa', 'beach'], alternate(['sofa', 'beach'], n));

  it('finds nothing where shares are the same, and what differs with its sign', () => {
    const filter = new Crossfilter([split, same, other], n);
    expect(compareSplits(filter, split, same, 1, 2)!.strength).toBeLessThan(0);
    const found = compareSplits(filter, split, other, 1, 2)!;
    expect(found.strength).toBeGreaterThan(0);
    expect(found.pairs[0]!.apart.share).toBe(1);
  });

  it('does not compare labels that one split has not got', () => {
    const label = category('label', ['cat'], alternate(['cat', null], n));
    const filter = new Crossfilter([split, label], n);
    expect(compareSplits(filter, split, label, 1, 2)).toBeNull();
  });
});

describe('slices', () => {
  it('marks the cell that holds more than expected and leaves missing values out', () => {
    const scene = category('scene', ['sofa', 'beach'], alternate(['sofa', 'beach', null], 300));
    const label = category('label', ['cat', 'dog'], alternate(['cat', 'dog', 'cat'], 300));
    const table = crossTable(new Crossfilter([scene, label], 300), scene, label);
    expect(table.total).toBe(200);
    expect(table.cells.map(({ seen }) => seen)).toEqual([100, 0, 0, 100]);
    expect(table.cells.every(({ odd }) => odd)).toBe(true);
    expect(oddity(table)).toBeGreaterThan(1);
  });

  it('marks nothing in a table of chance', () => {
    const scene = category('scene', ['sofa', 'beach'], alternate(['sofa', 'beach'], 400));
    const label = category('label', ['cat', 'dog'], alternate(['cat', 'cat', 'dog', 'dog'], 400));
    const table = crossTable(new Crossfilter([scene, label], 400), scene, label);
    expect(table.cells.some(({ odd }) => odd)).toBe(false);
  });
});

describe('reasons', () => {
  const n = 1000;
  const coat = category('coat', ['black', 'white'], alternate(['black', 'white'], n));
  const pose = category(
    'pose',
    ['sitting', 'lying'],
    alternate(['sitting', 'sitting', 'lying'], n)
  );
  const light = numberColumn(
    'light',
    'number',
    Float32Array.from({ length: n }, (_, i) => i / n)
  );
  const all = Uint32Array.from({ length: n }, (_, i) => i);

  it('names the over-represented value of each column, the clearest first', () => {
    const chosen = (row: number): boolean => row % 2 === 0 && row < 200;
    const found = reasons(
      [coat, pose, light],
      all.filter(chosen),
      all.filter((r) => !chosen(r))
    );
    expect(found.map(({ text }) => text)).toEqual([
      // A tenth of the others, the odd rows to 181, lie that low; so do the even rows to 180.
      'light is 0.181 or less: 91 % of the selected, 10 % of the others',
      'coat is black: 100 % of the selected, 44 % of the others',
    ]);
  });

  it('stays silent about a selection that chance explains, and about nothing or all', () => {
    const chosen = (row: number): boolean => row % 7 === 3;
    const found = reasons(
      [coat, pose, light],
      all.filter(chosen),
      all.filter((r) => !chosen(r))
    );
    expect(found).toEqual([]);
    expect(reasons([coat], all, new Uint32Array(0))).toEqual([]);
    expect(reasons([coat], new Uint32Array(0), all)).toEqual([]);
  });
});

function alternate<T>(values: T[], n: number): T[] {
  return Array.from({ length: n }, (_, i) => values[i % values.length]!);
}
