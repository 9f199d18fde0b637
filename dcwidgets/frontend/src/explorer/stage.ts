import { h } from '../shared/dom';
import { decodeSheet } from '../shared/sheet';
import { Boxes } from './boxes';
import { Cells, type CellsHost, place } from './cells';
import { Charts } from './charts';
import { spreads } from './histogram';
import { Layout } from './layout';
import { paint, pixelsOf, type View } from './painting';
import type { About, Box, Drawn, Pictures } from './types';

/** Room that a label needs below a small original. */
const LABEL = 22;

interface Originals {
  bitmap: ImageBitmap;
  turn: number;
  labels: string[];
}

/** The grid of tiles: a picture per row, its original first, then its draws. */
export class Stage {
  readonly canvas = h('canvas', { role: 'img' });
  readonly node = h('div', { class: 'dcw-ax-grid' });
  readonly charts = new Charts();
  readonly cells: Cells;
  private readonly boxes = new Boxes();
  private readonly names = h('div', { class: 'dcw-ax-labels', 'aria-hidden': 'true' });
  private layout: Layout;
  private originals: Originals | null = null;
  private draws: ImageBitmap | null = null;
  /** Pictures that wait for their draws, so that a row changes at once. */
  private next: Originals | null = null;
  private plain = false;
  private view: View = 'draws';
  private shownBoxes: { before: Box[]; after: Box[] } | null = null;

  constructor(
    private readonly about: About,
    host: CellsHost
  ) {
    this.cells = new Cells(about, host);
    this.layout = new Layout(about, about.size);
    this.node.append(this.canvas, this.boxes.node, this.names, this.cells.node);
    this.lay(this.layout);
    this.showView('draws');
  }

  get labels(): string[] {
    return this.originals?.labels ?? [];
  }

  lay(layout: Layout): void {
    this.layout = layout;
    this.canvas.width = layout.width;
    this.canvas.height = layout.height;
    this.node.style.maxWidth = `${layout.width}px`;
    this.cells.lay(layout);
    this.boxes.lay(layout);
    this.name();
    this.paint();
    this.paintBoxes();
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
    this.canvas.setAttribute(
      'aria-label',
      `${pictures} pictures (${this.labels.join(', ')}), the original and ${draws} draws of each, ` +
        `seed ${seed}`
    );
    this.canvas.dataset['painted'] = id; // tests and benchmarks wait for this
  }

  /** Show originals in every tile, or the draws again. */
  showOriginals(plain: boolean): void {
    if (plain !== this.plain) {
      this.plain = plain;
      this.canvas.dataset['originals'] = String(plain);
      this.paint();
      this.paintBoxes();
    }
  }

  showView(view: View): void {
    this.view = view;
    this.canvas.dataset['view'] = view;
    this.node.hidden = view === 'histograms';
    this.charts.node.hidden = !this.node.hidden;
    this.paint();
  }

  /** Show boxes of the originals and of the draws, or none. */
  showBoxes(boxes: { before: Box[]; after: Box[] } | null): void {
    this.shownBoxes = boxes;
    this.paintBoxes();
  }

  /** Bring the histograms up to date with the pictures; to be done at rest. */
  count(): void {
    if (this.view === 'histograms' && this.originals && this.draws) {
      const { bitmap } = this.originals;
      this.charts.show(spreads(pixelsOf(bitmap)), spreads(pixelsOf(this.draws)));
    }
  }

  close(): void {
    this.originals?.bitmap.close();
    this.next?.bitmap.close();
    this.draws?.close();
  }

  private turnOver(): void {
    this.originals?.bitmap.close();
    this.originals = this.next;
    this.next = null;
    this.cells.describe(this.labels, []);
    this.name();
  }

  private name(): void {
    const { edge, about } = this.layout;
    const below = edge + LABEL <= about.size;
    const nodes = this.labels.map((label, row) => {
      const node = h('span', {}, h('span', {}, label));
      const rect = this.layout.rect(row, 0);
      place(node, this.layout, below ? { ...rect, y: rect.y + edge } : rect);
      return node;
    });
    this.names.classList.toggle('dcw-ax-below', below);
    this.names.replaceChildren(...nodes);
  }

  private paintBoxes(): void {
    if (!this.shownBoxes) {
      this.boxes.clear();
      return;
    }
    const { before, after } = this.shownBoxes;
    const tiles = after.map((box, tile) =>
      this.plain ? (before[Math.floor(tile / this.about.draws)] ?? null) : box
    );
    this.boxes.show(this.layout, before, tiles);
  }

  private paint(): void {
    const pen = this.canvas.getContext('2d');
    if (pen) {
      const sheets = { originals: this.originals?.bitmap ?? null, draws: this.draws };
      paint(pen, this.layout, sheets, this.view, this.plain);
    }
  }
}
