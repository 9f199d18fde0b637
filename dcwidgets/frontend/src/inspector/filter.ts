import type { Column } from './table';

/** What passes: some codes, a range (both ends included), or missing values alone. */
export type Filter =
  { codes: number[] } | { range: [number | null, number | null] } | { missing: true };

export type Filters = Map<string, Filter>;

/** One bit of each row's mask per active filter. */
const MOST_FILTERS = 31;

/**
 * Filters over columns, counted so that each chart shows what passes all *other* filters.
 *
 * Each row holds one bit per filter that it fails: changing one filter touches one bit,
 * and a row is seen when no bit is set.
 */
export class Crossfilter {
  readonly n: number;
  readonly columns: Map<string, Column>;
  /** Rows that pass every filter, in the order of display; overwritten by the next change. */
  visible: Uint32Array;
  /** Per column and bucket: rows that pass all other filters. */
  readonly counts = new Map<string, Uint32Array>();
  /** Per column and bucket: all rows. */
  readonly totals = new Map<string, Uint32Array>();
  readonly filters: Filters = new Map();
  private readonly failing: Uint32Array;
  private readonly seen: Uint32Array;
  private readonly bits = new Map<string, number>();
  private order: Uint32Array | null = null;

  constructor(columns: Column[], n: number) {
    this.n = n;
    this.columns = new Map(columns.map((column) => [column.name, column]));
    this.failing = new Uint32Array(n);
    this.seen = new Uint32Array(n);
    this.visible = new Uint32Array(0);
    columns.forEach((column) => this.addTotals(column));
    this.recount();
  }

  /** Add or replace a column, such as one that follows the edits. */
  put(column: Column): void {
    this.columns.set(column.name, column);
    this.addTotals(column);
    this.set(column.name, this.filters.get(column.name) ?? null);
  }

  drop(name: string): void {
    this.columns.delete(name);
    this.totals.delete(name);
    this.counts.delete(name);
    this.set(name, null);
  }

  set(name: string, filter: Filter | null): void {
    this.mark(name, filter);
    this.recount();
  }

  /** Replace all filters at once. */
  replace(filters: Filters): void {
    [...this.filters.keys()].forEach((name) => this.mark(name, null));
    filters.forEach((filter, name) => this.mark(name, filter));
    this.recount();
  }

  /** Show rows in this order; null is the order of the table. */
  sort(order: Uint32Array | null): void {
    this.order = order;
    this.recount();
  }

  /** Tell of a row whether it passes all filters but those of some columns. */
  ignoring(...names: string[]): (row: number) => boolean {
    const { failing } = this;
    const ignored = names.reduce((mask, name) => {
      const bit = this.bits.get(name);
      return bit === undefined ? mask : mask | (1 << bit);
    }, 0);
    return (row) => (failing[row]! & ~ignored) === 0;
  }

  private addTotals(column: Column): void {
    const totals = new Uint32Array(column.buckets.length);
    for (let i = 0; i < column.bucketOf.length; i++) {
      totals[column.bucketOf[i]!]!++;
    }
    this.totals.set(column.name, totals);
    this.counts.set(column.name, totals.slice());
  }

  private mark(name: string, filter: Filter | null): void {
    const column = this.columns.get(name);
    const bit = this.bits.get(name) ?? this.freeBit();
    const mask = 1 << bit;
    const { failing, n } = this;
    for (let i = 0; i < n; i++) {
      failing[i]! &= ~mask;
    }
    if (!column || !filter) {
      this.filters.delete(name);
      this.bits.delete(name);
      return;
    }
    this.filters.set(name, filter);
    this.bits.set(name, bit);
    failRows(failing, column, filter, mask);
  }

  private freeBit(): number {
    const used = new Set(this.bits.values());
    for (let bit = 0; bit < MOST_FILTERS; bit++) {
      if (!used.has(bit)) {
        return bit;
      }
    }
    throw new Error(`At most ${MOST_FILTERS} columns can be filtered at once. Clear one first.`);
  }

  private recount(): void {
    const { failing, seen, n } = this;
    let length = 0;
    for (let at = 0; at < n; at++) {
      const row = this.order ? this.order[at]! : at;
      if (failing[row] === 0) {
        seen[length++] = row;
      }
    }
    this.visible = seen.subarray(0, length);
    this.counts.forEach((counts, name) => this.countColumn(name, counts));
  }

  private countColumn(name: string, counts: Uint32Array): void {
    const { bucketOf } = this.columns.get(name)!;
    counts.fill(0);
    for (let i = 0; i < this.visible.length; i++) {
      counts[bucketOf[this.visible[i]!]!]!++;
    }
    const bit = this.bits.get(name);
    if (bit === undefined) {
      return;
    }
    const alone = (1 << bit) >>> 0; // rows that only this column's own filter hides
    for (let row = 0; row < this.n; row++) {
      if (this.failing[row] === alone) {
        counts[bucketOf[row]!]!++;
      }
    }
  }
}

function failRows(failing: Uint32Array, column: Column, filter: Filter, mask: number): void {
  const n = failing.length;
  if ('codes' in filter) {
    const allowed = new Uint8Array(column.labels.length + 1);
    filter.codes.forEach((code) => (allowed[code] = 1));
    for (let i = 0; i < n; i++) {
      if (!allowed[column.codes[i]!]) {
        failing[i]! |= mask;
      }
    }
    return;
  }
  const { values } = column;
  const missing = 'missing' in filter;
  // float32 like the data: 0.1 typed by a learner must not fall out of its own range.
  const low = Math.fround(missing ? 0 : (filter.range[0] ?? -Infinity));
  const high = Math.fround(missing ? 0 : (filter.range[1] ?? Infinity));
  for (let i = 0; i < n; i++) {
    const value = values[i]!;
    const passes = missing ? value !== value : value >= low && value <= high;
    if (!passes) {
      failing[i]! |= mask;
    }
  }
}
