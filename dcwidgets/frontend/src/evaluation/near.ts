import type { Call } from '../shared/calls';
import { latest } from '../shared/calls';
import { h } from '../shared/dom';
import type { Reply } from '../shared/requests';
import { decodeSheet } from '../shared/sheet';

interface Near extends Reply {
  columns: number;
  size: number;
  labels: string[];
  roles: string[];
  reason: string;
}

/** The training pictures that look most like the one that is looked at, and why it matters. */
export class Nearest {
  readonly node = h('section', { class: 'dcw-ev-near', 'aria-label': 'Nearest training pictures' });
  readonly ask: (row: number) => void;

  constructor(call: Call, say: (message: string) => void) {
    this.ask = latest(async (row: number) => {
      try {
        const { reply, buffers } = await call<Near>('near', { row });
        await this.show(reply, buffers[0]);
      } catch (error) {
        say(error instanceof Error ? error.message : String(error));
      }
    });
    this.node.append(h('p', { class: 'dcw-ev-soft' }, 'Choose a picture to see what is near it.'));
  }

  private async show(reply: Near, sheet: DataView | undefined): Promise<void> {
    const bitmap = await decodeSheet(sheet);
    const groups = [...new Set(reply.roles)].map((role) => {
      const tiles = reply.roles.flatMap((other, slot) =>
        other === role ? [tile(bitmap, reply, slot)] : []
      );
      const title = role === 'nearest' ? 'Nearest in training' : 'Nearest of another class';
      return h('div', {}, h('h4', {}, title), h('div', { class: 'dcw-ev-tiles' }, ...tiles));
    });
    this.node.replaceChildren(...groups, h('p', {}, reply.reason));
    this.node.dataset['painted'] = reply.id; // tests wait for this
    bitmap.close();
  }
}

function tile(bitmap: ImageBitmap, { columns, size, labels }: Near, slot: number): HTMLElement {
  const canvas = h('canvas', { width: size, height: size, role: 'img' });
  canvas.setAttribute('aria-label', labels[slot]!);
  const [x, y] = [(slot % columns) * size, Math.floor(slot / columns) * size];
  canvas.getContext('2d')?.drawImage(bitmap, x, y, size, size, 0, 0, size, size);
  return h('figure', {}, canvas, h('figcaption', {}, labels[slot]!));
}
