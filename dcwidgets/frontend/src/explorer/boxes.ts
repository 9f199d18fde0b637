import type { Layout } from './layout';
import { svg } from './svg';
import type { Box } from './types';

/** Boxes over the pictures: each original's own, and where its draws have it. */
export class Boxes {
  readonly node = svg('svg', { class: 'dcw-ax-boxes', 'aria-hidden': 'true' });

  lay(layout: Layout): void {
    this.node.setAttribute('viewBox', `0 0 ${layout.width} ${layout.height}`);
  }

  show(layout: Layout, before: readonly Box[], after: readonly Box[]): void {
    const { draws, size } = layout.about;
    const nodes = before.flatMap((box, row) => outline(layout, row, 0, box, box));
    after.forEach((box, tile) => {
      const row = Math.floor(tile / draws);
      nodes.push(...outline(layout, row, (tile % draws) + 1, box, before[row] ?? null));
    });
    this.node.replaceChildren(...nodes);
    this.node.dataset['size'] = String(size);
  }

  clear(): void {
    this.node.replaceChildren();
  }
}

/** A dark line under a light one: one of them shows on any picture. */
function outline(layout: Layout, row: number, column: number, box: Box, whole: Box) {
  if (!box) {
    return [];
  }
  const { x, y, edge } = layout.rect(row, column);
  const scale = edge / layout.about.size;
  const [left, top, width, height] = box.map((value) => value * scale) as [
    number,
    number,
    number,
    number,
  ];
  const at = { x: x + left, y: y + top, width, height };
  // Dashed where less than half of the head is left of what the original shows.
  const cut = whole && box[2] * box[3] < 0.5 * whole[2] * whole[3];
  return ['dcw-ax-under', `dcw-ax-over${cut ? ' dcw-ax-cut' : ''}`].map((name) =>
    svg('rect', { class: name, ...at })
  );
}
