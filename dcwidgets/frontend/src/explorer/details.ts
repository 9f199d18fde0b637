import { h } from '../shared/dom';
import type { Cells } from './cells';
import type { Box, Detailed } from './types';

const HINT = 'Point at a draw, or go to it with the arrows, to see its numbers. A click pins it.';

export interface DetailsHost {
  cells: Cells;
  labels: () => string[];
  showBoxes: (boxes: { before: Box[]; after: Box[] } | null) => void;
  refuse: (reason: string) => void;
  /** Something is to be asked, if things are at rest. */
  nudge: () => void;
}

/** What was drawn for the tile looked at, and the boxes: asked for when things are at rest. */
export class Details {
  readonly node = h('p', { class: 'dcw-ax-said dcw-ax-hint', 'aria-live': 'polite' }, HINT);
  private words: string[] | null = null;
  private tile: number | null = null;
  private boxes = false;

  constructor(private readonly host: DetailsHost) {}

  /** Whether an answer is wanted that is not there yet. */
  get wanted(): boolean {
    return this.words === null && (this.tile !== null || this.boxes);
  }

  /** Pictures are about to change: what is known no longer holds. */
  stale(): void {
    if (this.words) {
      this.words = null;
      this.host.cells.describe(this.host.labels(), []);
      this.host.showBoxes(null);
      this.say();
    }
  }

  look(tile: number | null): void {
    this.tile = tile;
    this.say();
    if (this.wanted) {
      this.host.nudge();
    }
  }

  /** Follow boxes or not. */
  follow(boxes: boolean): void {
    this.boxes = boxes;
    this.words = null; // asked anew, with boxes or without
    this.host.showBoxes(null);
    this.host.nudge();
  }

  take({ words, before, after, problem }: Detailed): void {
    this.words = words;
    this.host.cells.describe(this.host.labels(), words);
    if (this.boxes && before && after) {
      this.host.showBoxes({ before, after });
      if (problem) {
        this.host.refuse(problem);
      }
    }
    this.say();
  }

  private say(): void {
    const { tile } = this;
    const known = tile === null ? '' : this.words?.[tile];
    const text = tile === null ? HINT : `${this.host.cells.title(tile)}: ${known ?? '…'}`;
    if (this.node.textContent !== text) {
      this.node.textContent = text;
    }
    this.node.classList.toggle('dcw-ax-hint', tile === null);
  }
}
