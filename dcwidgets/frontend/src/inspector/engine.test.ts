import { describe, expect, it } from 'vitest';

import { binNumbers } from './bins';
import type { Filter } from './filter';
import { Crossfilter } from './filter';
import { GAIN, subtract } from './pictures';
import { Selection, unpackKeys } from '../grid/selection';
import { orderBy } from './sorting';
import type { Column } from './table';
import { categoryColumn, numberColumn, rangeText, valueText } from './table';
import { LineWindow } from '../grid/window';

const random = seeded(7);

function columns(n: number): Column[] {
  const codes = Uint8Array.from({ length: n }, () => Math.floor(random() * 4));
  const values = Float32Array.from({ length: n }, () => (random() < 0.1 ? NaN : random() * 100));
  return [
    categoryColumn('coat', ['black', 'white', 'ginger'], codes),
    numberColumn('light', 'number', values),
  ];
}

function passes(column: Column, filter: Filter, row: number): boolean {
  if ('codes' in filter) {
    return filter.codes.includes(column.codes[row]!);
  }
  const value = column.values[row]!;
  if ('missing' in filter) {
    return Number.isNaN(value);
  }
  const [low, high] = filter.range;
  return value >= (low ?? -Infinity) && value <= (high ?? Infinity);
}

describe('the crossfilter', () => {
  it('counts in each chart what passes all other filters, like counting row by row', () => {
    const n = 500;
    const [coat, light] = columns(n) as [Column, Column];
    const filter = new Crossfilter([coat, light], n);
    const chosen: [Filter, Filter][] = [
      [{ codes: [1, 3] }, { range: [20, 60] }],
      [{ codes: [0] }, { range: [null, 50] }],
      [{ codes: [2] }, { missing: true }],
    ];
    for (const [byCoat, byLight] of chosen) {
      filter.set('coat', byCoat);
      filter.set('light', byLight);
      const rows = Array.from({ length: n }, (_, row) => row);
      const ofCoat = rows.filter((row) => passes(coat, byCoat, row));
      const ofLight = rows.filter((row) => passes(light, byLight, row));
      expect([...filter.visible]).toEqual(ofCoat.filter((row) => ofLight.includes(row)));
      expect([...filter.counts.get('coat')!]).toEqual(tally(coat, ofLight));
      expect([...filter.counts.get('light')!]).toEqual(tally(light, ofCoat));
    }
  });

  it('shows everything again when the filters go', () => {
    const filter = new Crossfilter(columns(50), 50);
    filter.set('coat', { codes: [] });
    expect(filter.visible.length).toBe(0);
    filter.set('coat', null);
    filter.set('light', { missing: true });
    filter.replace(new Map());
    expect(filter.visible.length).toBe(50);
    expect(filter.filters.size).toBe(0);
  });

  it('keeps 0.1 inside a range that begins at 0.1, although float32 cannot hold it', () => {
    const light = numberColumn('light', 'number', Float32Array.of(0.1, 0.2, 0.3));
    const filter = new Crossfilter([light], 3);
    filter.set('light', { range: [0.1, 0.2] });
    expect([...filter.visible]).toEqual([0, 1]);
  });

  it('drops the filter of a column that goes', () => {
    const [coat, light] = columns(30) as [Column, Column];
    const filter = new Crossfilter([coat, light], 30);
    filter.set('coat', { codes: [] });
    filter.drop('coat');
    expect(filter.visible.length).toBe(30);
  });

  it('takes 31 filters and says so at the next', () => {
    const many = Array.from({ length: 32 }, (_, i) =>
      categoryColumn(`c${i}`, ['a'], Uint8Array.of(1))
    );
    const filter = new Crossfilter(many, 1);
    many.slice(0, 31).forEach(({ name }) => filter.set(name, { codes: [1] }));
    expect(filter.visible.length).toBe(1);
    expect(() => filter.set('c31', { codes: [1] })).toThrow('At most 31 columns');
  });
});

describe('buckets', () => {
  it('gives rare categories one bar and missing values another', () => {
    const labels = Array.from({ length: 40 }, (_, i) => `camera ${i}`);
    const codes = Uint8Array.from({ length: 400 }, (_, i) => (i < 10 ? 0 : (i % 20) + 1));
    const { buckets, bucketOf } = categoryColumn('camera', labels, codes);
    expect(buckets.map(({ kind }) => kind)).toEqual([
      ...Array.from({ length: 11 }, () => 'value'),
      'other',
      'missing',
    ]);
    expect(buckets[11]!.label).toBe('other (29 values)');
    expect(bucketOf[0]).toBe(12);
  });

  it('puts edges between whole numbers and counts every value once', () => {
    const values = Float32Array.from({ length: 300 }, (_, i) => 60 + (i % 100));
    const { edges, whole, bucketOf } = binNumbers(values);
    expect(whole).toBe(true);
    expect(edges.every((edge) => edge % 1 !== 0)).toBe(true);
    values.forEach((value, i) => {
      expect(value).toBeGreaterThan(edges[bucketOf[i]!]!);
      expect(value).toBeLessThan(edges[bucketOf[i]! + 1]!);
    });
  });

  it('does not let one extreme value squeeze all others into a bar', () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => (i === 0 ? 1e9 : i / 1000));
    const { bucketOf } = binNumbers(values);
    expect(new Set(bucketOf).size).toBeGreaterThan(10);
  });

  it.each([
    ['one value', [5, 5, 5]],
    ['nothing but missing values', [NaN, NaN]],
    ['infinities', [Infinity, 1, 2, -Infinity]],
    ['no rows', []],
  ])('draws %s', (_, values) => {
    const column = numberColumn('x', 'number', Float32Array.from(values));
    const bins = column.edges.length - 1;
    expect(bins).toBeGreaterThan(0);
    expect(column.edges.every(Number.isFinite)).toBe(true);
    column.bucketOf.forEach((bucket) => expect(bucket).toBeLessThan(column.buckets.length));
  });

  it('writes ranges for the reader', () => {
    expect(rangeText(59.5, 63.5, true, 'number')).toBe('60 – 63');
    expect(rangeText(4.5, 5.5, true, 'number')).toBe('5');
    expect(rangeText(-Infinity, 0.25, false, 'number')).toBe('up to 0.25');
    expect(rangeText(18_262, Infinity, false, 'date')).toBe('2020-01-01 and more');
    expect(valueText(0.123456, 'number')).toBe('0.123');
    expect(valueText(23262, 'number')).toBe('23,262');
  });
});

describe('sorting', () => {
  it('orders numbers of both signs, missing ones last, equal ones as in the table', () => {
    const column = numberColumn('x', 'number', Float32Array.of(2, NaN, -1, 0, 2, -3));
    expect([...orderBy(column, false)]).toEqual([5, 2, 3, 0, 4, 1]);
    expect([...orderBy(column, true)]).toEqual([0, 4, 3, 2, 5, 1]);
  });

  it('orders categories as they are displayed', () => {
    const column = categoryColumn('c', ['train', 'test'], Uint8Array.of(2, 0, 1, 2));
    expect([...orderBy(column, false)]).toEqual([2, 0, 3, 1]);
    expect([...orderBy(column, true)]).toEqual([0, 3, 2, 1]);
  });
});

describe('the selection', () => {
  it('chooses, adds, toggles and tells each change', () => {
    const selection = new Selection(100);
    let told = 0;
    selection.changed.add(() => told++);
    selection.choose([3, 5, 3]);
    selection.choose([9], true);
    selection.toggle(5);
    expect([...selection.keys()]).toEqual([3, 9]);
    expect([selection.count, told]).toEqual([2, 3]);
    selection.clear();
    selection.clear();
    expect([selection.count, told]).toEqual([0, 4]);
  });

  it.each([0, 1, 3, 4, 60, 100])('packs %i of 100 keys so that they come back', (size) => {
    const selection = new Selection(100);
    selection.choose(Array.from({ length: size }, (_, i) => (i * 7) % 100));
    const { form, buffer } = selection.pack();
    expect(buffer.byteLength).toBeLessThanOrEqual(13);
    const back = unpackKeys(form, buffer.slice().buffer, 100);
    expect([...back]).toEqual([...selection.keys()]);
  });
});

describe('the window of lines', () => {
  it('reaches the last of a million lines although no element can be that tall', () => {
    const lines = new LineWindow();
    Object.assign(lines, { lines: 1_000_000, lineHeight: 120, height: 600 });
    expect(lines.scrollHeight).toBe(8_000_000);
    expect(lines.range(lines.scrollHeight - 600)).toEqual([999_995, 1_000_000]);
    expect(lines.range(0)).toEqual([0, 5]);
  });

  it('moves no further than it must', () => {
    const lines = new LineWindow();
    Object.assign(lines, { lines: 100, lineHeight: 100, height: 350 });
    expect(lines.reveal(2, 0)).toBe(0);
    expect(lines.reveal(5, 0)).toBe(250);
    expect(lines.reveal(1, 900)).toBe(100);
  });
});

describe('the difference of two pictures', () => {
  it('is its mean, and is shown brighter', () => {
    const a = Uint8ClampedArray.of(10, 20, 30, 255, 0, 0, 0, 255);
    const b = Uint8ClampedArray.of(0, 20, 200, 255, 0, 0, 0, 255);
    expect(subtract(a, b)).toBeCloseTo((10 + 170) / (6 * 255), 12);
    expect([...a]).toEqual([10 * GAIN, 0, 255, 255, 0, 0, 0, 255]);
  });
});

function tally(column: Column, rows: number[]): number[] {
  return column.buckets.map((_, bucket) =>
    rows.reduce((sum, row) => sum + (column.bucketOf[row] === bucket ? 1 : 0), 0)
  );
}

/** Park and Miller's generator: the same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
