import { atRest, h, perFrame } from '../shared/dom';
import { GridPointer } from './grid_pointer';
import { gridKey } from './grid_keys';
import type { Selection } from './selection';
import type { Thumbs } from '../shared/thumbs';
import type { Mark } from './tile';
import { Tile } from './tile';
import { LineWindow } from './window';

/** What a grid shows: keys in order, the row behind each, and what stands on a tile. */
export interface GridSource {
  label: string;
  keys: () => Uint32Array;
  rowOf: (key: number) => number;
  mark: (key: number) => Mark;
  /** A tile became the current one. */
  focused: (key: number) => void;
  /** A tile was opened by Enter or a double click. */
  opened: (key: number) => void;
}

const GAP = 6;
const CAPTION = 18;
/** Milliseconds without a movement that make a pause. */
const PAUSE = 300;
/** Below this there is no room for a caption. */
const CAPTIONED = 72;

/** A virtual grid of thumbnails: only what is in view exists. */
export class ThumbGrid {
  readonly node: HTMLDivElement;
  readonly refresh: () => void;
  private readonly lookAhead: () => void;
  columns = 1;
  /** Where a range of Shift begins. */
  anchor: number | null = null;
  /** Position of the one tile that Tab reaches. */
  current = 0;
  private edge = 96;
  private width = 0;
  private scrollTop = 0;
  private readonly lines = new LineWindow();
  private readonly scroller: HTMLDivElement;
  private readonly layer = h('div', { class: 'dcw-grid-layer', role: 'presentation' });
  private readonly spacer = h('div', { class: 'dcw-grid-spacer', role: 'presentation' });
  private readonly empty = h('p', { class: 'dcw-grid-empty' });
  private rows: { node: HTMLDivElement; tiles: Tile[] }[] = [];
  private focusWanted = false;
  private shown = '';

  constructor(
    readonly source: GridSource,
    readonly selection: Selection,
    private readonly thumbs: Thumbs,
    signal: AbortSignal
  ) {
    this.refresh = perFrame(() => this.render());
    this.lookAhead = atRest(() => this.wantNextPage(), PAUSE, signal);
    this.scroller = h(
      'div',
      {
        ...{ class: 'dcw-grid', role: 'grid', 'aria-label': source.label },
        'aria-multiselectable': 'true',
        onscroll: () => this.scrolled(),
        onkeydown: (event: KeyboardEvent) => gridKey(this, event),
      },
      this.layer,
      this.spacer
    );
    this.node = h('div', { class: 'dcw-grid-box' }, this.scroller, this.empty);
    new GridPointer(this, this.scroller, signal);
    selection.changed.add(this.refresh);
    thumbs.arrived.add(this.refresh);
    const observer = new ResizeObserver(() => this.fit());
    observer.observe(this.scroller);
    signal.addEventListener('abort', () => observer.disconnect());
  }

  get pageLines(): number {
    return Math.max(1, Math.floor(this.lines.height / this.lines.lineHeight));
  }

  /** Set the edge of a tile in CSS pixels. */
  resize(edge: number): void {
    const first = this.firstVisible();
    this.edge = edge;
    this.thumbs.resize(edge * devicePixelRatio);
    this.measure();
    this.scrollTo(first);
    this.refresh();
  }

  /** Say why nothing is here. */
  explainEmpty(reason: string): void {
    this.empty.textContent = reason;
  }

  /** Show the first tiles, as after a new filter. */
  rewind(): void {
    this.scrollBy(-this.scrollTop);
    this.current = 0;
    this.refresh();
  }

  /** Bring a position into view; `focus` moves the keyboard there. */
  goTo(position: number, focus = true): void {
    const last = this.source.keys().length - 1;
    this.current = Math.max(0, Math.min(position, last));
    this.focusWanted = focus;
    if (focus) {
      // At once if it can be: a key may follow a click before the next frame.
      this.tileAt(this.current)?.node.focus({ preventScroll: true });
    }
    this.scrollTo(this.current);
    const key = this.source.keys()[this.current];
    if (key !== undefined) {
      this.source.focused(key);
    }
    this.refresh();
  }

  /** Select the keys between two positions, both included. */
  selectRange(from: number, to: number, add: boolean): void {
    const [low, high] = from < to ? [from, to] : [to, from];
    this.selection.choose(this.source.keys().subarray(low, high + 1), add);
  }

  /** Positions whose tiles meet a rectangle in view coordinates. */
  within(left: number, top: number, right: number, bottom: number): number[] {
    const pitch = this.pitch;
    const above = this.lines.top(this.scrollTop);
    const length = this.source.keys().length;
    const found: number[] = [];
    const firstLine = Math.max(0, Math.floor((top + above) / this.lines.lineHeight));
    const lastLine = Math.floor((bottom + above) / this.lines.lineHeight);
    const firstColumn = Math.max(0, Math.floor(left / pitch));
    const lastColumn = Math.min(this.columns - 1, Math.floor(right / pitch));
    for (let line = firstLine; line <= lastLine; line++) {
      for (let column = firstColumn; column <= lastColumn; column++) {
        const position = line * this.columns + column;
        if (position < length) {
          found.push(position);
        }
      }
    }
    return found;
  }

  /** Pixels above the view as if every line existed; a dragged rectangle is anchored to it. */
  get above(): number {
    return this.lines.top(this.scrollTop);
  }

  private get pitch(): number {
    return (this.width + GAP) / this.columns;
  }

  /** Scroll by pixels of the scroll bar. */
  scrollBy(pixels: number): void {
    if (pixels) {
      // The spacer may have just grown: without this the browser would stop at its old end.
      this.spacer.style.height = `${this.lines.scrollHeight}px`;
      this.scroller.scrollTop += pixels;
      this.scrolled();
    }
  }

  private scrolled(): void {
    this.scrollTop = this.scroller.scrollTop;
    this.refresh();
  }

  /** Read sizes here alone: in the middle of a frame it would make the browser lay out twice. */
  private fit(): void {
    this.width = this.scroller.clientWidth;
    this.lines.height = this.scroller.clientHeight;
    this.scrolled();
  }

  private firstVisible(): number {
    return this.lines.range(this.scrollTop)[0] * this.columns;
  }

  private scrollTo(position: number): void {
    this.measure();
    const line = Math.floor(position / this.columns);
    this.scrollBy(this.lines.reveal(line, this.scrollTop) - this.scrollTop);
  }

  private measure(): void {
    this.columns = Math.max(1, Math.floor((this.width + GAP) / (this.edge + GAP)));
    const tile = this.pitch - GAP;
    this.lines.lineHeight = tile + GAP + (this.edge >= CAPTIONED ? CAPTION : 0);
    this.lines.lines = Math.ceil(this.source.keys().length / this.columns);
    this.scroller.style.setProperty('--dcw-columns', String(this.columns));
    this.scroller.classList.toggle('dcw-uncaptioned', this.edge < CAPTIONED);
  }

  private render(): void {
    if (!this.lines.height) {
      return; // in a closed tab
    }
    this.measure();
    const keys = this.source.keys();
    this.empty.hidden = keys.length > 0;
    this.current = Math.max(0, Math.min(this.current, keys.length - 1));
    this.spacer.style.height = `${this.lines.scrollHeight}px`;
    this.scroller.setAttribute('aria-rowcount', String(this.lines.lines));
    this.scroller.setAttribute('aria-colcount', String(this.columns));
    const [first, last] = this.lines.range(this.scrollTop);
    this.place(keys, first, last);
    this.paint(keys, first * this.columns, last * this.columns);
  }

  /** Give each line in view an element and each position its tile. */
  private place(keys: Uint32Array, first: number, last: number): void {
    this.fitRows(last - first);
    const top = first * this.lines.lineHeight - this.above;
    this.layer.style.transform = `translateY(${top}px)`;
    this.rows.forEach(({ node, tiles }, index) => {
      const line = first + index;
      node.setAttribute('aria-rowindex', String(line + 1));
      tiles.forEach((tile, column) => {
        const position = line * this.columns + column;
        const key = keys[position];
        if (key === undefined) {
          tile.hide();
          return;
        }
        tile.show(position, column, this.source.mark(key), this.selection.has(key));
        tile.node.tabIndex = position === this.current ? 0 : -1;
      });
    });
    this.moveFocus();
  }

  private fitRows(count: number): void {
    while (this.rows.length > count) {
      this.rows.pop()!.node.remove();
    }
    while (this.rows.length < count) {
      const node = h('div', { class: 'dcw-grid-row', role: 'row' });
      this.rows.push({ node, tiles: [] });
      this.layer.append(node);
    }
    for (const { node, tiles } of this.rows) {
      while (tiles.length > this.columns) {
        tiles.pop()!.node.remove();
      }
      while (tiles.length < this.columns) {
        const tile = new Tile();
        tiles.push(tile);
        node.append(tile.node);
      }
    }
  }

  private moveFocus(): void {
    // A tile that scrolled away keeps the focus on its element, which now shows another.
    const held = this.layer.contains(document.activeElement);
    if (this.focusWanted || held) {
      const tile = this.tileAt(this.current);
      if (tile && tile.node !== document.activeElement) {
        tile.node.focus({ preventScroll: true });
      }
    }
    this.focusWanted = false;
  }

  private tileAt(position: number): Tile | undefined {
    return this.rows.flatMap(({ tiles }) => tiles).find((tile) => tile.position === position);
  }

  private paint(keys: Uint32Array, from: number, to: number): void {
    let missing = 0;
    for (const { tiles } of this.rows) {
      for (const tile of tiles) {
        const key = keys[tile.position];
        if (key !== undefined && !this.paintTile(tile, this.source.rowOf(key))) {
          missing++;
        }
      }
    }
    if (missing) {
      this.want(keys.subarray(from, to));
    }
    this.lookAhead();
    this.tell(missing, `${from}:${keys[from] ?? ''}:${keys.length}`);
  }

  private want(keys: Uint32Array): void {
    this.thumbs.want(Array.from(keys, (key) => this.source.rowOf(key)).filter((row) => row >= 0));
  }

  /** Fetch the next page; one request is under way at a time, so not while the reader moves. */
  private wantNextPage(): void {
    const [first, last] = this.lines.range(this.scrollTop);
    const [from, to] = [first * this.columns, last * this.columns];
    this.want(this.source.keys().subarray(from, to + to - from));
  }

  private paintTile(tile: Tile, row: number): boolean {
    if (row < 0 || (tile.drawn === row && this.thumbs.has(row))) {
      return true;
    }
    if (this.thumbs.draw(row, tile.canvas)) {
      tile.drawn = row;
      return true;
    }
    if (tile.drawn !== row) {
      tile.blank();
    }
    return false;
  }

  /** Tests and benchmarks wait for this: what is in view, once all of it is drawn. */
  private tell(missing: number, shown: string): void {
    if (missing) {
      delete this.scroller.dataset['painted'];
    } else if (this.shown !== shown || !this.scroller.dataset['painted']) {
      this.scroller.dataset['painted'] = shown;
    }
    this.shown = shown;
  }
}
