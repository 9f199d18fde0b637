import { button } from '../shared/controls';
import { h } from '../shared/dom';
import { Sprites } from './sprites';
import type { Pinned, PinRow } from './types';

export interface PinsHost {
  /** Show the policy, the seed and the pictures of a pin. */
  show: (pin: PinRow) => void;
  remove: (number: number) => void;
}

/** The draws that were pinned, with what was drawn. */
export class Pins {
  readonly node = h('section', { class: 'dcw-ax-pins', 'aria-label': 'Pinned draws' });
  private readonly list = h('ul');
  private readonly sprites = new Sprites();
  rows: PinRow[] = [];

  constructor(private readonly host: PinsHost) {
    this.node.append(h('h4', {}, 'Pinned'), this.list);
    this.node.hidden = true;
  }

  take({ pins, columns }: Pinned, sheet: DataView | undefined): void {
    const at = [...this.list.children].findIndex((item) => item.contains(document.activeElement));
    this.rows = pins;
    this.node.hidden = !pins.length;
    const pictures = pins.map((pin) => this.picture(pin));
    this.list.replaceChildren(...pins.map((pin, k) => this.item(pin, pictures[k]!)));
    if (sheet) {
      this.sprites.take(sheet, () =>
        pictures.forEach((node, k) => this.sprites.put(node, k, pins.length, columns))
      );
    }
    if (at >= 0) {
      // The focus was in the list: it stays there, on what took the place.
      this.list.children[Math.min(at, pins.length - 1)]?.querySelector('button')?.focus();
    }
  }

  close(): void {
    this.sprites.close();
  }

  private picture({ label, draw, seed }: PinRow): HTMLElement {
    const name = `${label || 'Picture'}, draw ${draw + 1}, seed ${seed}`;
    return h('span', { class: 'dcw-ax-pin', role: 'img', 'aria-label': name });
  }

  private item(pin: PinRow, picture: HTMLElement): HTMLElement {
    const title = `${pin.label || pin.id}, seed ${pin.seed}`;
    const words = h('p', {}, h('strong', {}, title), ` ${pin.words}`);
    const tools = h('span', { class: 'dcw-ax-pin-tools' });
    const show = button(
      tools,
      'Show',
      () => this.host.show(pin),
      'Show this policy and seed again'
    );
    show.setAttribute('aria-label', `Show pin ${pin.number} again`);
    const remove = button(tools, '✕', () => this.host.remove(pin.number), 'Remove');
    remove.className = 'dcw-ax-icon';
    remove.setAttribute('aria-label', `Remove pin ${pin.number}`);
    return h('li', {}, picture, h('div', {}, words, tools));
  }
}
