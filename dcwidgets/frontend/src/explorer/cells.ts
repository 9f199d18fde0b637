import { h } from '../shared/dom';
import type { Layout, Rect } from './layout';
import type { About } from './types';

export interface CellsHost {
  /** The pointer or the focus is on a tile, or on none. */
  look: (tile: number | null) => void;
  pin: (tile: number) => void;
}

/**
 * A cell over each draw, for pointer, keyboard and screen reader.
 *
 * One stop for Tab, arrows move. Tiles are counted row by row, without the originals.
 */
export class Cells {
  readonly node = h('div', { class: 'dcw-ax-cells', role: 'grid' });
  private readonly cells: HTMLElement[] = [];
  private labels: string[] = [];
  private words: readonly string[] = [];
  private pinned: ReadonlySet<number> = new Set();
  private focused: number | null = null;

  constructor(
    private readonly about: About,
    private readonly host: CellsHost
  ) {
    const { pictures, draws } = about;
    this.node.setAttribute(
      'aria-label',
      'Draws, one row a picture. Enter pins one, R draws anew, Space shows originals while held.'
    );
    for (let row = 0; row < pictures; row++) {
      const line = h('div', { role: 'row' });
      for (let column = 0; column < draws; column++) {
        line.append(this.cell(row * draws + column));
      }
      this.node.append(line);
    }
    this.name();
  }

  lay(layout: Layout): void {
    const { draws } = this.about;
    this.cells.forEach((cell, tile) =>
      place(cell, layout, layout.rect(Math.floor(tile / draws), (tile % draws) + 1))
    );
  }

  /** Name the cells; `words` say what was drawn, and may be missing as yet. */
  describe(labels: string[], words: readonly string[]): void {
    this.labels = labels.map(nameOf);
    this.words = words;
    this.name();
  }

  mark(pinned: ReadonlySet<number>): void {
    this.pinned = pinned;
    this.name();
  }

  title(tile: number): string {
    const { draws } = this.about;
    const row = Math.floor(tile / draws);
    return `${this.labels[row] ?? nameOf('', row)}, draw ${(tile % draws) + 1}`;
  }

  private cell(tile: number): HTMLElement {
    const node = h('div', { role: 'gridcell', class: 'dcw-ax-cell' });
    node.tabIndex = tile === 0 ? 0 : -1;
    node.addEventListener('pointerenter', () => this.host.look(tile));
    node.addEventListener('pointerleave', () => this.host.look(this.focused));
    node.addEventListener('focus', () => {
      this.cells.forEach((cell) => (cell.tabIndex = cell === node ? 0 : -1));
      this.focused = tile;
      this.host.look(tile);
    });
    node.addEventListener('blur', () => {
      this.focused = null;
      this.host.look(null);
    });
    node.addEventListener('click', () => this.host.pin(tile));
    node.addEventListener('keydown', (event) => this.keyed(event, tile));
    this.cells.push(node);
    return node;
  }

  private keyed(event: KeyboardEvent, tile: number): void {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const { draws } = this.about;
    const column = tile % draws;
    const by: Record<string, number> = {
      ArrowLeft: column ? -1 : 0,
      ArrowRight: column < draws - 1 ? 1 : 0,
      ArrowUp: -draws,
      ArrowDown: draws,
      Home: -column,
      End: draws - 1 - column,
    };
    const step = by[event.key];
    if (step !== undefined) {
      event.preventDefault(); // it would scroll
      this.cells[tile + step]?.focus();
    } else if (event.key === 'Enter' || event.key.toLowerCase() === 'p') {
      event.preventDefault();
      this.host.pin(tile);
    }
  }

  private name(): void {
    this.cells.forEach((cell, tile) => {
      const pinned = this.pinned.has(tile);
      cell.classList.toggle('dcw-ax-pinned', pinned);
      const words = this.words[tile] ?? '';
      const parts = [this.title(tile), words, pinned ? 'pinned' : ''];
      cell.ariaLabel = parts.filter(Boolean).join('; ');
    });
  }
}

/** Name a picture: by its label, or by its row where it has none. */
function nameOf(label: string, row: number): string {
  return label === '' ? `Picture ${row + 1}` : label;
}

/** Put an element over a part of the canvas, however large that is shown. */
export function place(node: HTMLElement, layout: Layout, { x, y, edge }: Rect): void {
  const percent = (part: number, whole: number): string => `${(100 * part) / whole}%`;
  node.style.left = percent(x, layout.width);
  node.style.top = percent(y, layout.height);
  node.style.width = percent(edge, layout.width);
  node.style.height = percent(edge, layout.height);
}
