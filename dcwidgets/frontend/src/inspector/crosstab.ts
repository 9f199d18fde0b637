import type { Crossfilter } from './filter';
import { expectedCell, zFor } from '../shared/stats';
import type { Column } from './table';

/** One cell of a table of two columns. */
export interface Cell {
  row: number;
  column: number;
  seen: number;
  /** Where the count would lie if the columns had nothing to do with each other. */
  low: number;
  high: number;
  odd: boolean;
}

export interface CrossTable {
  /** Buckets that occur, by their position in each column. */
  rows: number[];
  columns: number[];
  cells: Cell[];
  total: number;
}

/** Count rows that pass the filters and have both values; all cells are judged together. */
export function crossTable(filter: Crossfilter, rows: Column, columns: Column): CrossTable {
  const width = columns.buckets.length;
  const counts = new Uint32Array(rows.buckets.length * width);
  for (let i = 0; i < filter.visible.length; i++) {
    const row = filter.visible[i]!;
    counts[rows.bucketOf[row]! * width + columns.bucketOf[row]!]!++;
  }
  const known = (column: Column): number[] =>
    column.buckets.flatMap(({ kind }, at) => (kind === 'missing' ? [] : [at]));
  const [r, c] = [known(rows), known(columns)];
  const byRow = r.map((row) => c.reduce((sum, column) => sum + counts[row * width + column]!, 0));
  const byColumn = c.map((column) =>
    r.reduce((sum, row) => sum + counts[row * width + column]!, 0)
  );
  const total = byRow.reduce((a, b) => a + b, 0);
  const there = (sums: number[]): number[] => sums.flatMap((sum, at) => (sum ? [at] : []));
  const z = zFor(there(byRow).length * there(byColumn).length);
  const cells = there(byRow).flatMap((i) =>
    there(byColumn).map((j): Cell => {
      const seen = counts[r[i]! * width + c[j]!]!;
      const { low, high } = expectedCell(byRow[i]!, byColumn[j]!, total, z);
      const odd = seen < Math.floor(low) || seen > Math.ceil(high);
      return { row: r[i]!, column: c[j]!, seen, low, high, odd };
    })
  );
  return {
    rows: there(byRow).map((i) => r[i]!),
    columns: there(byColumn).map((j) => c[j]!),
    cells,
    total,
  };
}

/** How many times its half interval the oddest cell lies from the middle; above 1 is odd. */
export function oddity({ cells }: CrossTable): number {
  const lengths = cells.map(({ seen, low, high }) =>
    high > low ? Math.abs(seen - (low + high) / 2) / ((high - low) / 2) : 0
  );
  return Math.max(0, ...lengths);
}
