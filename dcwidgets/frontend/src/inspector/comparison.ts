import type { Crossfilter } from './filter';
import type { Share } from '../shared/stats';
import { beyondNoise, difference, zFor } from '../shared/stats';
import type { Bucket, Column } from './table';

/** One bucket of a column in two splits. */
export interface Pair {
  bucket: Bucket;
  /** Share of the bucket in each split. */
  a: number;
  b: number;
  apart: Share;
  odd: boolean;
}

export interface Comparison {
  column: Column;
  pairs: Pair[];
  /** How far the clearest difference lies beyond its interval; above 0 is beyond chance. */
  strength: number;
}

/**
 * Compare two splits by one column, over rows that pass the filters of all other columns.
 *
 * All buckets of the column are looked at together (Bonferroni). Null where a split holds
 * no value of this column at all, as with labels that nobody has given yet.
 */
export function compareSplits(
  filter: Crossfilter,
  split: Column,
  column: Column,
  codeA: number,
  codeB: number
): Comparison | null {
  const counts = [codeA, codeB].map(() => new Uint32Array(column.buckets.length));
  const passes = filter.ignoring(split.name, column.name);
  for (let row = 0; row < split.codes.length; row++) {
    const side = split.codes[row] === codeA ? 0 : split.codes[row] === codeB ? 1 : -1;
    if (side >= 0 && passes(row)) {
      counts[side]![column.bucketOf[row]!]!++;
    }
  }
  const [a, b] = counts.map((side) => side.reduce((sum, n) => sum + n, 0)) as [number, number];
  const known = counts.map((side) =>
    side.reduce((sum, n, at) => sum + (column.buckets[at]!.kind === 'missing' ? 0 : n), 0)
  );
  if (!known[0] || !known[1]) {
    return null;
  }
  const z = zFor(column.buckets.length);
  const pairs = column.buckets.map((bucket, at): Pair => {
    const [ofA, ofB] = [counts[0]![at]!, counts[1]![at]!];
    const apart = difference(ofA, a, ofB, b, z);
    return { bucket, a: ofA / a, b: ofB / b, apart, odd: beyondNoise(apart) };
  });
  const strength = Math.max(...pairs.map(({ apart }) => Math.max(apart.low, -apart.high)));
  return { column, pairs, strength };
}
