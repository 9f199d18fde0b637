import type { Call } from '../shared/calls';
import { decodeSheet } from '../shared/sheet';
import type { Picture, PictureReply, Said } from './types';

const LONGEST = 2048;
const KEPT = 9;
const AT_ONCE = 2;
const MOST_AT_ONCE = 4;

/** Whole pictures: the one wanted first, then its neighbours, so that the next is here already. */
export class Gallery {
  private readonly here = new Map<number, Picture>();
  private readonly coming = new Set<number>();
  private readonly failed = new Set<number>();
  private wanted: number[] = [];
  private current = 0;

  constructor(
    private readonly call: Call,
    private readonly n: number,
    private readonly arrived: (row: number) => void,
    private readonly fail: (reason: string) => void
  ) {}

  get(row: number): Picture | undefined {
    return this.here.get(row);
  }

  /** Take in what a picture's record is now, if the picture is here. */
  record(id: string, record: Said | null): void {
    for (const picture of this.here.values()) {
      if (picture.id === id) {
        picture.record = record;
      }
    }
  }

  /** Make this row the one on show; it and its neighbours are fetched. */
  show(row: number): void {
    this.current = row;
    this.failed.delete(row);
    const rows = [row, row + 1, row + 2, row - 1];
    this.wanted = rows.filter((near) => near >= 0 && near < this.n);
    this.work();
  }

  close(): void {
    this.wanted = [];
    this.here.forEach(({ bitmap }) => bitmap.close());
    this.here.clear();
  }

  private work(): void {
    const open = this.wanted.filter(
      (row) => !this.here.has(row) && !this.coming.has(row) && !this.failed.has(row)
    );
    for (const row of open) {
      // The one on show waits for no neighbour, but a held key must not pile up requests.
      if (this.coming.size < (row === this.current ? MOST_AT_ONCE : AT_ONCE)) {
        void this.fetch(row);
      }
    }
  }

  private async fetch(row: number): Promise<void> {
    this.coming.add(row);
    try {
      const { reply, buffers } = await this.call<PictureReply>('picture', { row, size: LONGEST });
      const bitmap = await decodeSheet(buffers[0]);
      const { picture: id, width, height, trouble, record, proposals } = reply;
      this.here.get(row)?.bitmap.close();
      this.here.set(row, { row, id, width, height, trouble, bitmap, record, proposals });
      this.forget();
      this.arrived(row);
    } catch (error) {
      this.failed.add(row);
      if (row === this.current) {
        this.fail(error instanceof Error ? error.message : String(error));
      }
    }
    this.coming.delete(row);
    this.work();
  }

  private forget(): void {
    const far = [...this.here.keys()].sort(
      (a, b) => Math.abs(b - this.current) - Math.abs(a - this.current)
    );
    for (const row of far.slice(0, Math.max(0, far.length - KEPT))) {
      this.here.get(row)?.bitmap.close();
      this.here.delete(row);
    }
  }
}
