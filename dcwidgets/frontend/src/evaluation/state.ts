import { Listeners } from '../shared/listeners';
import type { Column } from '../inspector/table';
import type { Judged } from './counts';
import { called, confusion, roc, wrongness } from './counts';

/** Which pictures are looked at: a cell of the confusion, a bar of a slice, or both. */
export interface Focus {
  cell: [label: number, called: number] | null;
  slice: { column: number; bucket: number } | null;
}

/** What one view of an evaluation shows; everything in it is computed in the page. */
export class State {
  readonly changed = new Listeners();
  readonly points;
  said: Uint16Array;
  cells: number[][] = [];
  focus: Focus = { cell: null, slice: null };
  /** Rows that are looked at, the most wrong first. */
  visible: Uint32Array = new Uint32Array(0);
  threshold = 0.5;

  constructor(
    readonly judged: Judged,
    readonly binary: boolean,
    readonly columns: Column[],
    private readonly given: Uint16Array
  ) {
    this.points = binary ? roc(judged) : [];
    this.said = given;
    this.update();
  }

  move(threshold: number): void {
    this.threshold = threshold;
    this.update();
  }

  /** Look at a cell, or no longer if it is looked at already. */
  chooseCell(label: number, said: number): void {
    const { cell } = this.focus;
    const again = cell?.[0] === label && cell[1] === said;
    this.focus = { ...this.focus, cell: again ? null : [label, said] };
    this.update();
  }

  chooseSlice(column: number, bucket: number): void {
    const { slice } = this.focus;
    const again = slice?.column === column && slice.bucket === bucket;
    this.focus = { ...this.focus, slice: again ? null : { column, bucket } };
    this.update();
  }

  lookAtAll(): void {
    this.focus = { cell: null, slice: null };
    this.update();
  }

  /** Right ones and all in each bar of a column. */
  slices(column: number): { label: string; hits: number; all: number }[] {
    const { buckets, bucketOf } = this.columns[column]!;
    const found = buckets.map(({ label }) => ({ label, hits: 0, all: 0 }));
    this.judged.truth.forEach((label, row) => {
      const bar = found[bucketOf[row]!]!;
      bar.all++;
      bar.hits += this.said[row] === label ? 1 : 0;
    });
    return found;
  }

  private update(): void {
    const { judged } = this;
    this.said = this.binary ? called(judged, this.threshold) : this.given;
    this.cells = confusion(judged, this.said);
    const rows: number[] = [];
    for (let row = 0; row < judged.n; row++) {
      if (this.passes(row)) {
        rows.push(row);
      }
    }
    const bad = Float32Array.from(judged.truth, (_, row) => wrongness(judged, this.said, row));
    this.visible = Uint32Array.from(rows.sort((a, b) => bad[b]! - bad[a]!));
    this.changed.tell();
  }

  private passes(row: number): boolean {
    const { cell, slice } = this.focus;
    if (cell && (this.judged.truth[row] !== cell[0] || this.said[row] !== cell[1])) {
      return false;
    }
    return !slice || this.columns[slice.column]!.bucketOf[row] === slice.bucket;
  }
}
