import type { About } from './types';

export const GAP = 4;
export const AFTER_ORIGINAL = 12;
/** Least width of the panel beside the pictures, and the space between the two. */
export const PANEL = 224;
export const BETWEEN = 12;
const SMALLEST_ORIGINAL = 56;

export interface Rect {
  x: number;
  y: number;
  edge: number;
}

/**
 * Where tiles lie, in pixels of the canvas: column 0 holds the originals.
 *
 * Draws keep their size; where the page is narrow, originals are shown smaller.
 */
export class Layout {
  readonly width: number;
  readonly height: number;

  constructor(
    readonly about: About,
    /** Edge of an original. */
    readonly edge: number
  ) {
    const { draws, pictures, size } = about;
    this.width = this.left(draws) + size;
    this.height = pictures * (size + GAP) - GAP;
  }

  rect(row: number, column: number): Rect {
    const { size } = this.about;
    const y = row * (size + GAP);
    return { x: this.left(column), y, edge: column === 0 ? this.edge : size };
  }

  private left(column: number): number {
    const { size } = this.about;
    return column === 0 ? 0 : this.edge + AFTER_ORIGINAL + (column - 1) * (size + GAP);
  }
}

export interface Fit {
  layout: Layout;
  /** Whether the panel goes below the pictures. */
  stacked: boolean;
}

/** Lay out for a body of this width: beside the panel if tiles keep their size, else above it. */
export function fit(about: About, width: number): Fit {
  const smallest = Math.min(SMALLEST_ORIGINAL, about.size);
  const drawn = new Layout(about, 0).width;
  const beside = width - PANEL - BETWEEN - drawn;
  const stacked = beside < smallest;
  const room = Math.floor(stacked ? width - drawn : beside);
  const edge = Math.min(about.size, Math.max(smallest, room));
  return { layout: new Layout(about, edge), stacked };
}

/** Call back with the width of an element, now and whenever it changes. */
export function watchWidth(
  node: HTMLElement,
  signal: AbortSignal,
  act: (width: number) => void
): void {
  if (typeof ResizeObserver === 'undefined') {
    return; // only outside browsers
  }
  let last = 0;
  const observer = new ResizeObserver(([entry]) => {
    const width = entry?.contentRect.width ?? 0;
    // 0 while the notebook is hidden; the height, which changes often, is nothing to act on.
    if (width > 0 && width !== last) {
      last = width;
      act(width);
    }
  });
  observer.observe(node);
  signal.addEventListener('abort', () => observer.disconnect());
}
