import { h } from '../shared/dom';

/** What stands on a tile beside its picture. */
export interface Mark {
  /** Under the picture. */
  caption: string;
  /** In the corner: a sign and its word, such as "✕ drop". */
  badge: string;
  /** One of the classes in grid.css; a badge says the same in words. */
  tone: '' | 'dropped' | 'changed' | 'accepted' | 'rejected' | 'unsure';
  /** For screen readers. */
  name: string;
}

/** One picture in the grid, used again for another as the grid scrolls. */
export class Tile {
  readonly node: HTMLDivElement;
  readonly canvas = h('canvas', { width: 1, height: 1, 'aria-hidden': 'true' });
  position = -1;
  /** Row whose thumbnail is on the canvas, -1 for none. */
  drawn = -1;
  private readonly badge = h('span', { class: 'dcw-tile-badge' });
  private readonly caption = h('span', { class: 'dcw-tile-caption' });
  private readonly tick = h('span', { class: 'dcw-tile-tick', 'aria-hidden': 'true' }, '✓');

  constructor() {
    const frame = h('span', { class: 'dcw-tile-frame' }, this.canvas, this.badge, this.tick);
    this.node = h(
      'div',
      { class: 'dcw-tile', role: 'gridcell', tabindex: -1 },
      frame,
      this.caption
    );
  }

  show(position: number, column: number, mark: Mark, selected: boolean): void {
    const { node } = this;
    if (this.position !== position) {
      this.position = position;
      node.hidden = false;
      node.dataset['position'] = String(position);
      node.setAttribute('aria-colindex', String(column + 1));
    }
    setAttribute(node, 'data-tone', mark.tone);
    setAttribute(node, 'aria-selected', String(selected));
    setAttribute(node, 'aria-label', mark.name);
    setText(this.badge, mark.badge);
    setText(this.caption, mark.caption);
  }

  hide(): void {
    this.position = -1;
    this.node.hidden = true;
  }

  blank(): void {
    this.drawn = -1;
    this.canvas.width = this.canvas.height = 1;
  }
}

/** Write only what changed: each write makes the browser compute styles anew. */
function setAttribute(node: HTMLElement, name: string, value: string): void {
  if (node.getAttribute(name) !== value) {
    node.setAttribute(name, value);
  }
}

function setText(node: HTMLElement, text: string): void {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}
