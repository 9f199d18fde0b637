import { h } from '../shared/dom';
import { decodeSheet } from '../shared/sheet';
import type { About, Drawn, Pictures } from './types';

const GAP = 4;
const AFTER_ORIGINAL = 12;

interface Originals {
  bitmap: ImageBitmap;
  turn: number;
  labels: string[];
}

/** The grid of tiles: a picture per row, its original first, then its draws. */
export class Stage {
  readonly canvas: HTMLCanvasElement;
  readonly node: HTMLElement;
  private readonly labels = h('div', { class: 'dcw-ax-labels', 'aria-hidden': 'true' });
  private originals: Originals | null = null;
  private draws: ImageBitmap | null = null;
  /** Pictures that wait for their draws, so that a row changes at once. */
  private next: Originals | null = null;
  private plain = false;

  constructor(private readonly about: About) {
    const { pictures, draws, size } = about;
    const width = this.left(draws) + size;
    this.canvas = h('canvas', { role: 'img', width, height: this.top(pictures) - GAP });
    this.canvas.style.maxWidth = `${this.canvas.width}px`;
    this.node = h('div', { class: 'dcw-ax-grid', tabindex: '0', role: 'group' });
    this.node.setAttribute('aria-label', 'Pictures. Hold Space for originals, R for a new seed.');
    this.node.append(this.canvas, this.labels);
    this.node.style.maxWidth = this.canvas.style.maxWidth;
    const percent = (part: number): string => `${(100 * part) / this.canvas.width}%`;
    this.labels.style.width = percent(size);
    this.paint();
  }

  /** Take the unchanged pictures, one column of tiles; the draws of them come later. */
  async takeOriginals(sheet: DataView | undefined, { turn, labels }: Pictures): Promise<void> {
    const bitmap = await decodeSheet(sheet);
    this.next?.bitmap.close();
    this.next = { bitmap, turn, labels };
    if (!this.draws) {
      this.turnOver();
      this.paint();
    }
  }

  /** Take the draws and show them. */
  async takeDraws(sheet: DataView | undefined, { id, seed, turn }: Drawn): Promise<void> {
    const bitmap = await decodeSheet(sheet);
    this.draws?.close();
    this.draws = bitmap;
    if (this.next?.turn === turn) {
      this.turnOver();
    }
    this.paint();
    const { pictures, draws } = this.about;
    const labels = (this.originals?.labels ?? []).join(', ');
    this.canvas.setAttribute(
      'aria-label',
      `${pictures} pictures (${labels}), the original and ${draws} draws of each, seed ${seed}`
    );
    this.canvas.dataset['painted'] = id; // tests and benchmarks wait for this
  }

  private turnOver(): void {
    this.originals?.bitmap.close();
    this.originals = this.next;
    this.next = null;
    const labels = this.originals?.labels ?? [];
    this.labels.replaceChildren(...labels.map((label) => h('span', {}, h('span', {}, label))));
  }

  /** Show originals in every tile, or the draws again. */
  showOriginals(plain: boolean): void {
    if (plain !== this.plain) {
      this.plain = plain;
      this.canvas.dataset['originals'] = String(plain);
      this.paint();
    }
  }

  close(): void {
    this.originals?.bitmap.close();
    this.next?.bitmap.close();
    this.draws?.close();
  }

  private left(column: number): number {
    const { size } = this.about;
    return column === 0 ? 0 : size + AFTER_ORIGINAL + (column - 1) * (size + GAP);
  }

  private top(row: number): number {
    return row * (this.about.size + GAP);
  }

  private paint(): void {
    const pen = this.canvas.getContext('2d');
    if (!pen) {
      return;
    }
    const { pictures, draws, size } = this.about;
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    for (let row = 0; row < pictures; row++) {
      for (let column = 0; column <= draws; column++) {
        const drawn = column > 0 && !this.plain ? this.draws : null;
        const sheet = drawn ?? this.originals?.bitmap;
        if (sheet) {
          // Until the draws arrive, faint originals hold their place.
          pen.globalAlpha = column === 0 || drawn || this.plain ? 1 : 0.25;
          const x = drawn ? (column - 1) * size : 0;
          pen.drawImage(
            sheet,
            x,
            row * size,
            size,
            size,
            this.left(column),
            this.top(row),
            size,
            size
          );
        }
      }
    }
    pen.globalAlpha = 1;
  }
}
