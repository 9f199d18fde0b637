import { count, h, perFrame } from '../shared/dom';
import type { Session } from './session';
import { STATES } from './types';

const TILE = 64;
const STEP = TILE + 6;
const AROUND = 4;
const MARKS = ['', '', '✓', '?', '↷'];

interface Tile {
  node: HTMLElement;
  canvas: HTMLCanvasElement;
  mark: HTMLElement;
  row: number;
  painted: boolean;
}

/** The queue as thumbnails; only those in view exist. One tab stop; arrows look along it. */
export class Strip {
  readonly node = h('div', { class: 'dcw-an-strip' });
  private readonly list = h('div', { role: 'listbox', tabindex: '0', 'aria-label': 'Queue' });
  private readonly tiles = new Map<number, Tile>();
  private readonly group = `dcw-an-${Math.random().toString(36).slice(2)}`;
  private cursor: number;
  private width = 0;
  private readonly render = perFrame(() => this.paint());

  constructor(
    private readonly session: Session,
    signal: AbortSignal
  ) {
    this.cursor = session.row;
    this.list.setAttribute('aria-orientation', 'horizontal');
    this.list.style.width = `${session.opened.n * STEP}px`;
    this.node.append(this.list);
    this.node.addEventListener('scroll', this.render);
    this.list.addEventListener('keydown', (event) => this.key(event));
    this.list.addEventListener('click', (event) => this.click(event));
    const sized = new ResizeObserver(() => this.measure());
    sized.observe(this.node);
    // A notebook takes cells out of the page and back, and the scroll position is lost then.
    const seen = new IntersectionObserver(() => this.measure());
    seen.observe(this.node);
    signal.addEventListener('abort', () => {
      sized.disconnect();
      seen.disconnect();
    });
    session.thumbs.resize(TILE * Math.min(devicePixelRatio || 1, 2));
    session.moved.add(() => {
      if (this.cursor !== session.row) {
        this.cursor = session.row;
        this.reveal();
      }
      this.render();
    });
    session.edited.add(this.render);
    session.thumbs.arrived.add(this.render);
  }

  private measure(): void {
    this.width = this.node.clientWidth || this.width;
    this.reveal();
  }

  private reveal(): void {
    const left = this.cursor * STEP;
    const { scrollLeft } = this.node;
    if (left < scrollLeft + STEP || left + 2 * STEP > scrollLeft + this.width) {
      this.node.scrollLeft = left - (this.width - STEP) / 2;
    }
    this.render();
  }

  private key(event: KeyboardEvent): void {
    const last = this.session.opened.n - 1;
    const to: Record<string, number> = {
      ArrowLeft: this.cursor - 1,
      ArrowRight: this.cursor + 1,
      Home: 0,
      End: last,
    };
    const target = to[event.key];
    if (event.key === 'Enter') {
      this.session.go(this.cursor);
    } else if (target !== undefined && !event.altKey && !event.ctrlKey && !event.metaKey) {
      this.cursor = Math.max(0, Math.min(target, last));
      this.reveal();
    } else {
      return;
    }
    event.preventDefault();
  }

  private click(event: MouseEvent): void {
    const tile = event.target instanceof Element ? event.target.closest('[data-row]') : null;
    if (tile instanceof HTMLElement) {
      this.session.go(Number(tile.dataset['row']));
    }
  }

  private paint(): void {
    const { scrollLeft } = this.node;
    const { n } = this.session.opened;
    const first = Math.max(0, Math.floor(scrollLeft / STEP) - AROUND);
    const end = Math.min(n, Math.ceil((scrollLeft + this.width) / STEP) + AROUND);
    this.tiles.forEach((tile, row) => {
      if (row < first || row >= end) {
        tile.node.remove();
        this.tiles.delete(row);
      }
    });
    const rows = Array.from({ length: Math.max(0, end - first) }, (_, index) => first + index);
    if (this.width) {
      this.session.thumbs.want(rows);
    }
    rows.forEach((row) => this.refresh(this.tiles.get(row) ?? this.make(row)));
    this.list.setAttribute('aria-activedescendant', `${this.group}-${this.cursor}`);
    this.node.dataset['painted'] = String(rows.length);
  }

  private make(row: number): Tile {
    const canvas = h('canvas', { width: TILE, height: TILE });
    const mark = h('span', { class: 'dcw-an-mark' });
    const node = h('div', { class: 'dcw-an-tile', role: 'option', 'data-row': row }, canvas, mark);
    node.id = `${this.group}-${row}`;
    node.style.left = `${row * STEP}px`;
    node.setAttribute('aria-posinset', String(row + 1));
    node.setAttribute('aria-setsize', String(this.session.opened.n));
    const tile = { node, canvas, mark, row, painted: false };
    this.list.append(node);
    this.tiles.set(row, tile);
    return tile;
  }

  private refresh(tile: Tile): void {
    const { session } = this;
    const { row } = tile;
    tile.painted ||= session.thumbs.draw(row, tile.canvas);
    const state = session.states[row] ?? 0;
    const label = session.state.known[(session.labels[row] ?? 0) - 1];
    const kind = session.classes.find(({ name }) => name === label);
    tile.node.setAttribute('aria-selected', String(row === session.row));
    tile.node.dataset['cursor'] = String(row === this.cursor);
    const words = [`Picture ${count(row + 1)}`, STATES[state], label].filter(Boolean).join(', ');
    tile.node.setAttribute('aria-label', words);
    tile.node.title = words;
    const letter = state === 0 ? '' : (kind?.letter ?? (state === 1 ? '●' : ''));
    tile.mark.textContent = `${letter}${MARKS[state] ?? ''}`;
    tile.mark.style.background = kind && state !== 0 ? kind.colour : '';
    tile.mark.hidden = state === 0;
  }
}
