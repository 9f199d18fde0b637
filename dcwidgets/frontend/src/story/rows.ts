import type { Step } from '../inspector/opening';

/** One row of the ledger as the kernel tells it; scores lie between 0 and 1. */
export interface Row {
  name: string;
  mean: number;
  /** Standard deviation over the seeds. */
  spread: number | null;
  worst_slice: number | null;
  seconds: number | null;
  images: number | null;
  scores: number[];
  version: string;
  data: string;
  at: string;
  /** The recipe in a few words. */
  edits: string;
  /** Its last steps. */
  steps: Step[];
}

/** The part of 0 to 1 that holds every point, in tenths, so that neighbours can be told apart. */
export function span(rows: readonly Row[]): [number, number] {
  const low = Math.min(...rows.map((row) => row.worst_slice ?? row.mean - (row.spread ?? 0)));
  const floor = Math.floor(Math.max(0, low - 0.02) * 10) / 10;
  return [Math.min(floor, 0.9), 1];
}

export function ticks([low, high]: [number, number]): number[] {
  const step = high - low > 0.5 ? 0.2 : 0.1;
  const n = Math.floor((high - low) / step + 1e-9);
  return Array.from({ length: n + 1 }, (_, tick) => high - (n - tick) * step);
}

/** What the picture shows, in words. */
export function spoken(row: Row, before: Row | undefined): string {
  const parts = [`${row.name}: accuracy ${score(row)}`];
  if (before) {
    parts.push(change(row, before));
  }
  if (row.worst_slice !== null) {
    parts.push(`worst slice ${row.worst_slice.toFixed(2)}`);
  }
  return parts.join(', ');
}

export function score(row: Row): string {
  return row.spread === null
    ? row.mean.toFixed(3)
    : `${row.mean.toFixed(3)} ± ${row.spread.toFixed(3)}`;
}

/** The step from one row to the next, in points of a hundred. */
export function change(row: Row, before: Row): string {
  return points(row.mean - before.mean);
}

export function points(apart: number): string {
  return `${apart < 0 ? '−' : '+'}${Math.abs(100 * apart).toFixed(1)} points`;
}

export function stepText({ op, n, value, reason }: Step): string {
  const what = value ? `${op} ${n} to ${value}` : `${op} ${n}`;
  return reason ? `${what}: ${reason}` : what;
}
