import { percent } from '../shared/stats';
import type { Column } from './table';
import { valueText } from './table';

/** One way in which the selected pictures differ from the others. */
export interface Reason {
  text: string;
  /** How many standard errors the two shares lie apart. */
  strength: number;
}

const MOST_REASONS = 3;
/** Below this a difference is what chance does among many values looked at. */
const WEAKEST = 3;
/** What only few of the selected are is no reason, however rare it is elsewhere. */
const LEAST_SHARE = 0.2;
const MOST_ROWS = 100_000;
/** Lower and upper parts of a number's range that count as "low" and "high". */
const TAILS = [0.1, 0.25, 0.5, 0.75, 0.9];

/**
 * Say what the selected rows have in common that the others have not: one reason per column.
 *
 * Shares are compared by the z of two proportions; `others` must not overlap `selected`.
 */
export function reasons(columns: Column[], selected: Uint32Array, others: Uint32Array): Reason[] {
  if (!selected.length || !others.length) {
    return [];
  }
  const [some, rest] = [thin(selected), thin(others)];
  return columns
    .flatMap((column) => {
      const found =
        column.kind === 'category'
          ? categoryReasons(column, some, rest)
          : numberReasons(column, some, rest);
      return found.sort((a, b) => b.strength - a.strength).slice(0, 1);
    })
    .filter((reason) => reason.strength >= WEAKEST)
    .sort((a, b) => b.strength - a.strength)
    .slice(0, MOST_REASONS);
}

/** Every so many rows of a very large set: shares stay true to a third of a percent. */
function thin(rows: Uint32Array): Uint32Array {
  const step = Math.ceil(rows.length / MOST_ROWS);
  return step > 1 ? rows.filter((_, at) => at % step === 0) : rows;
}

function categoryReasons(column: Column, selected: Uint32Array, others: Uint32Array): Reason[] {
  const here = tally(column, selected);
  const there = tally(column, others);
  return column.buckets.flatMap((bucket, index) => {
    const said = bucket.kind === 'missing' ? 'is missing' : `is ${bucket.label}`;
    return bucket.kind === 'other'
      ? []
      : [
          compare(
            `${column.name} ${said}`,
            here[index]!,
            selected.length,
            there[index]!,
            others.length
          ),
        ];
  });
}

function tally(column: Column, rows: Uint32Array): Uint32Array {
  const counts = new Uint32Array(column.buckets.length);
  for (let i = 0; i < rows.length; i++) {
    counts[column.bucketOf[rows[i]!]!]!++;
  }
  return counts;
}

function numberReasons(column: Column, selected: Uint32Array, others: Uint32Array): Reason[] {
  const { values } = column;
  const present = new Float32Array(others.length);
  let n = 0;
  for (let i = 0; i < others.length; i++) {
    const value = values[others[i]!]!;
    if (value === value) {
      present[n++] = value;
    }
  }
  const sorted = present.subarray(0, n).sort();
  if (!n) {
    return [];
  }
  return TAILS.map((tail) => {
    const limit = sorted[Math.min(n - 1, Math.floor(tail * n))]!;
    const low = tail <= 0.5;
    const inside = (value: number): boolean => (low ? value <= limit : value >= limit);
    const said = `${column.name} is ${valueText(limit, column.kind)} or ${low ? 'less' : 'more'}`;
    return compare(
      said,
      countWhere(values, selected, inside),
      selected.length,
      countWhere(values, others, inside),
      others.length
    );
  });
}

function countWhere(
  values: Float32Array,
  rows: Uint32Array,
  inside: (value: number) => boolean
): number {
  let count = 0;
  for (let i = 0; i < rows.length; i++) {
    count += inside(values[rows[i]!]!) ? 1 : 0;
  }
  return count;
}

function compare(said: string, k1: number, n1: number, k2: number, n2: number): Reason {
  const pooled = (k1 + k2) / (n1 + n2);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2));
  const common = k1 / n1 >= LEAST_SHARE;
  const strength = error && common ? (k1 / n1 - k2 / n2) / error : 0;
  const text = `${said}: ${percent(k1 / n1)} of the selected, ${percent(k2 / n2)} of the others`;
  return { text, strength };
}
