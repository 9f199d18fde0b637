import { h } from '../shared/dom';
import type { ThumbGrid } from './grid';

/** A hand that trembles is not a drag. */
const DRAG = 5;
/** Pixels a frame when the pointer is beyond the edge. */
const PULL = 14;

interface Drag {
  x: number;
  /** From the top of all lines, so that it stays with its picture while scrolling. */
  y: number;
  before: Uint32Array;
}

/** The mouse on a grid: click, Ctrl+click, Shift+click, and a rectangle by dragging. */
export class GridPointer {
  private readonly band = h('div', { class: 'dcw-grid-band', hidden: true });
  private drag: Drag | null = null;
  private moving = false;
  private drawn = '';
  private x = 0;
  private y = 0;

  constructor(
    private readonly grid: ThumbGrid,
    private readonly node: HTMLElement,
    signal: AbortSignal
  ) {
    node.parentElement?.append(this.band);
    const on = <E extends Event>(name: string, act: (event: E) => void): void =>
      node.addEventListener(name, act as EventListener, { signal });
    on<PointerEvent>('pointerdown', (event) => this.down(event));
    on<PointerEvent>('pointermove', (event) => this.move(event));
    on<PointerEvent>('pointerup', (event) => this.up(event));
    on<PointerEvent>('pointercancel', () => this.end());
    on<MouseEvent>('dblclick', (event) => this.open(event));
  }

  private down(event: PointerEvent): void {
    const { left, top } = this.node.getBoundingClientRect();
    const onScrollBar = event.clientX - left > this.node.clientWidth;
    // A finger scrolls; it taps, but draws no rectangle.
    if (event.button !== 0 || event.pointerType === 'touch' || onScrollBar) {
      return;
    }
    event.preventDefault(); // no text selection, no native drag
    this.node.setPointerCapture(event.pointerId);
    const keep = event.ctrlKey || event.metaKey || event.shiftKey;
    this.drag = {
      x: event.clientX - left,
      y: event.clientY - top + this.grid.above,
      before: keep ? this.grid.selection.keys() : new Uint32Array(0),
    };
  }

  private move(event: PointerEvent): void {
    if (!this.drag) {
      return;
    }
    const { left, top } = this.node.getBoundingClientRect();
    this.x = event.clientX - left;
    this.y = event.clientY - top;
    const far = Math.hypot(this.x - this.drag.x, this.y + this.grid.above - this.drag.y) > DRAG;
    if (!this.moving && far) {
      this.moving = true;
      this.pull();
    }
  }

  /** Follow the pointer frame by frame: at an edge the grid scrolls without a further event. */
  private readonly pull = (): void => {
    if (!this.moving || !this.drag) {
      return;
    }
    const beyond = this.y < 0 ? -1 : this.y > this.node.clientHeight ? 1 : 0;
    this.grid.scrollBy(beyond * PULL);
    const place = `${this.x}:${this.y}:${this.grid.above}`;
    if (place !== this.drawn) {
      this.drawn = place;
      this.select(this.drag);
    }
    requestAnimationFrame(this.pull);
  };

  private select(drag: Drag): void {
    const top = drag.y - this.grid.above;
    const box = {
      left: Math.min(drag.x, this.x),
      right: Math.max(drag.x, this.x),
      top: Math.min(top, this.y),
      bottom: Math.max(top, this.y),
    };
    this.band.hidden = false;
    const shownTop = Math.max(0, box.top);
    const shownBottom = Math.min(this.node.clientHeight, box.bottom);
    Object.assign(this.band.style, {
      left: `${box.left}px`,
      top: `${shownTop}px`,
      width: `${box.right - box.left}px`,
      height: `${Math.max(0, shownBottom - shownTop)}px`,
    });
    const keys = this.grid.source.keys();
    const inside = this.grid.within(box.left, box.top, box.right, box.bottom);
    this.grid.selection.choose([...drag.before, ...inside.map((position) => keys[position]!)]);
  }

  private up(event: PointerEvent): void {
    const dragged = this.moving;
    const touched = event.pointerType === 'touch';
    if (!dragged && (this.drag || touched)) {
      this.click(event, touched);
    }
    this.end();
  }

  private click(event: PointerEvent, touched: boolean): void {
    const position = this.positionAt(event);
    const { grid } = this;
    if (position === null) {
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey && !touched) {
        grid.selection.clear();
      }
      return;
    }
    if (event.shiftKey) {
      grid.selectRange(grid.anchor ?? grid.current, position, event.ctrlKey || event.metaKey);
    } else if (event.ctrlKey || event.metaKey || touched) {
      grid.selection.toggle(grid.source.keys()[position]!);
      grid.anchor = position;
    } else {
      grid.selection.choose([grid.source.keys()[position]!]);
      grid.anchor = position;
    }
    grid.goTo(position);
  }

  private open(event: MouseEvent): void {
    const position = this.positionAt(event);
    if (position !== null) {
      this.grid.source.opened(this.grid.source.keys()[position]!);
    }
  }

  private positionAt(event: MouseEvent): number | null {
    // The pointer is captured, so the event's target is the grid itself.
    const under = document.elementFromPoint(event.clientX, event.clientY);
    const tile = under?.closest<HTMLElement>('.dcw-tile');
    return tile && this.node.contains(tile) ? Number(tile.dataset['position']) : null;
  }

  private end(): void {
    this.drag = null;
    this.moving = false;
    this.drawn = '';
    this.band.hidden = true;
  }
}
