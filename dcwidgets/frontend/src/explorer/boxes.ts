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
    const { draws } = layout.about;
    const nodes = before.flatMap((box, row) => outline(layout, row, 0, box));
    after.forEach((box, tile) => {
      nodes.push(...outline(layout, Math.floor(tile / draws), (tile % draws) + 1, box));
    });
    this.node.replaceChildren(...nodes);
  }

  clear(): void {
    this.node.replaceChildren();
  }
}

/** A dark line under a light one: one of them shows on any picture. */
function outline(layout: Layout, row: number, column: number, box: Box): SVGElement[] {
  if (!box) {
    return [];
  }
  const { size } = layout.about;
  const { x, y, edge } = layout.rect(row, column);
  const scale = edge / size;
  const [left, top, width, height] = box;
  const at = {
    x: x + left * scale,
    y: y + top * scale,
    width: width * scale,
    height: height * scale,
  };
  const cut = column > 0 && Math.min(left, top, size - left - width, size - top - height) < 0.5;
  // Dashed where the edge of the picture may have cut a part of the box off.
  return ['dcw-ax-under', `dcw-ax-over${cut ? ' dcw-ax-cut' : ''}`].map((name) =>
    svg('rect', { class: name, ...at })
  );
}
