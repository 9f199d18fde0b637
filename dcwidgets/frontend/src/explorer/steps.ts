import { button } from '../shared/controls';
import { h } from '../shared/dom';
import { dragToOrder } from './drag';
import { knobView, type KnobView } from './knob';
import { acting, duplicated, moved, PROBABILITY, probabilityOf, turned, valueOf } from './policy';
import { Sprites } from './sprites';
import { svg } from './svg';
import type { About, Chip, Ends, Knob } from './types';
import { inWords } from './words';

export interface StepsHost {
  about: About;
  /** Chips changed; changes by the same `source` are one gesture. */
  change: (chips: Chip[], source?: string) => void;
  refuse: (reason: string) => void;
  say: (message: string) => void;
}

interface StepView {
  node: HTMLLIElement;
  layer: string;
  on: HTMLInputElement;
  /** Says how often it acts, where that is not always. */
  share: HTMLElement;
  knobs: Map<string, KnobView>;
}

/** The layers in order: on or off, moved, copied, removed, and their knobs. */
export class Steps {
  readonly node = h('ol', { class: 'dcw-ax-steps', 'aria-label': 'Layers, in order' });
  private readonly views = new Map<number, StepView>();
  private readonly origin = new Map<number, Chip>();
  private readonly sprites = new Sprites();
  private chips: Chip[] = [];
  /** Whether a step was made whose ends nobody has seen. */
  lacksEnds = false;

  constructor(private readonly host: StepsHost) {
    dragToOrder(this.node, {
      items: () => [...this.node.children] as HTMLElement[],
      preview: (from, to) => this.preview(from, to),
      drop: (from, to) => this.drop(from, to),
    });
  }

  /** Show another policy; its values are what reset returns to. */
  open(base: Chip[], chips = base): void {
    this.views.clear();
    this.origin.clear();
    base.forEach((chip) => this.origin.set(chip.key, chip));
    this.show(chips);
  }

  /** Show these chips: new ones get a view, others keep theirs, focus and all. */
  show(chips: Chip[]): void {
    this.chips = chips;
    const nodes = chips.map((chip, at) => this.update(chip, at));
    for (const [key, view] of this.views) {
      if (!chips.some((chip) => chip.key === key)) {
        view.node.remove();
        this.views.delete(key);
      }
    }
    this.arrange(nodes);
  }

  /** Bring the step with this key into view and focus it. */
  reveal(key: number): void {
    const view = this.views.get(key);
    view?.node.scrollIntoView({ block: 'nearest' });
    view?.on.focus({ preventScroll: true });
  }

  /** Show pictures of the ends of ranges. */
  takeEnds({ places, columns }: Ends, sheet: DataView | undefined): void {
    this.lacksEnds = false;
    if (sheet) {
      this.sprites.take(sheet, () => {
        places.forEach(([key, name, end], at) => {
          const node = this.views.get(key)?.knobs.get(name)?.ends[end];
          if (node) {
            this.sprites.put(node, at, places.length, columns);
          }
        });
      });
    }
  }

  close(): void {
    this.sprites.close();
  }

  private arrange(nodes: HTMLElement[]): void {
    if (nodes.some((node, at) => this.node.children[at] !== node)) {
      const focus = document.activeElement;
      const { scrollTop } = this.node;
      this.node.replaceChildren(...nodes);
      this.node.scrollTop = scrollTop;
      if (focus instanceof HTMLElement && this.node.contains(focus)) {
        focus.focus({ preventScroll: true }); // a moved node loses it
      }
    }
  }

  private update(chip: Chip, at: number): HTMLLIElement {
    let view = this.views.get(chip.key);
    // Undo may bring another layer back under a key.
    if (view?.layer !== chip.layer) {
      view?.node.remove();
      if (view || !this.origin.has(chip.key)) {
        this.origin.set(chip.key, chip);
      }
      view = this.build(chip);
      this.views.set(chip.key, view);
    }
    view.on.checked = chip.on;
    view.node.classList.toggle('dcw-ax-off', !chip.on);
    const [up, down] = view.node.querySelectorAll<HTMLButtonElement>('.dcw-ax-move');
    setOff(up, at === 0);
    setOff(down, at === this.chips.length - 1);
    for (const knob of this.knobsOf(chip)) {
      view.knobs.get(knob.name)?.show(valueOf(chip, knob));
    }
    showProbability(view, probabilityOf(chip));
    return view.node;
  }

  private knobsOf(chip: Chip): Knob[] {
    return this.host.about.kinds[chip.layer]?.knobs ?? [];
  }

  private title(chip: Chip): string {
    return this.host.about.kinds[chip.layer]?.title ?? chip.layer;
  }

  private build(chip: Chip): StepView {
    const { key, layer } = chip;
    const title = this.title(chip);
    this.lacksEnds = true;
    const on = h('input', { type: 'checkbox' });
    on.addEventListener('change', () => {
      this.edit(this.chips.map((c) => (c.key === key ? { ...c, on: on.checked } : c)));
    });
    const handle = h('span', { class: 'dcw-ax-handle', 'aria-hidden': 'true' }, '⠿');
    handle.title = 'Drag to move (or Alt with up and down)';
    const share = h('span', { class: 'dcw-ax-share' });
    const name = h('span', { class: 'dcw-ax-name' }, h('span', {}, title), ' ', share);
    const label = h('label', {}, on, name);
    const head = h('div', { class: 'dcw-ax-head' }, handle, label);
    head.append(this.tools(chip, title));
    const node = h('li', { class: 'dcw-ax-step', title: `keras.layers.${layer}` }, head);
    node.addEventListener('keydown', (event) => this.keyed(event, key, title));
    const knobs = this.knobs(chip, title);
    if (!knobs.size) {
      node.append(h('p', { class: 'dcw-ax-note' }, 'It has no ranges; it draws as it is.'));
    }
    knobs.set(PROBABILITY.name, this.probability(chip, title));
    node.append(...[...knobs.values()].map((view) => view.node));
    return { node, layer, on, share, knobs };
  }

  private knobs(chip: Chip, title: string): Map<string, KnobView> {
    const { key } = chip;
    const all = this.knobsOf(chip);
    const origin = this.origin.get(key) ?? chip;
    return new Map(
      all.map((knob) => {
        const view = knobView(knob, title, valueOf(origin, knob), valueOf(chip, knob), {
          turn: (value) =>
            this.edit(turned(this.chips, key, knob.name, value), `${key} ${knob.name}`),
          refuse: this.host.refuse,
          alone: all.length === 1,
        });
        return [knob.name, view];
      })
    );
  }

  private probability(chip: Chip, title: string): KnobView {
    const { key } = chip;
    const origin = probabilityOf(this.origin.get(key) ?? chip);
    const view = knobView(PROBABILITY, title, origin, probabilityOf(chip), {
      turn: (share) =>
        this.edit(acting(this.chips, key, Number(share)), `${key} ${PROBABILITY.name}`),
      refuse: this.host.refuse,
      alone: false,
      short: true,
    });
    // A layer that draws itself how often it acts needs no second number for that.
    view.node.hidden = this.knobsOf(chip).some((knob) => knob.chance);
    return view;
  }

  private tools(chip: Chip, title: string): HTMLElement {
    const { key } = chip;
    const tools = h('span', { class: 'dcw-ax-tools' });
    const icon = (sign: string, name: string, act: () => void): HTMLButtonElement => {
      const node = button(tools, sign, act, name);
      node.className = 'dcw-ax-icon';
      node.setAttribute('aria-label', `${name}: ${title}`);
      return node;
    };
    icon('↑', 'Move up', () => this.move(key, -1, title)).classList.add('dcw-ax-move');
    icon('↓', 'Move down', () => this.move(key, 1, title)).classList.add('dcw-ax-move');
    if (!chip.own) {
      const copy = icon('', 'Duplicate', () => this.duplicate(key, title));
      copy.append(copySign()); // one's own layer is there once: it has no copy
    }
    icon('✕', 'Remove', () => this.remove(key, title));
    return tools;
  }

  private keyed(event: KeyboardEvent, key: number, title: string): void {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (by && event.altKey) {
      event.preventDefault();
      this.move(key, by, title);
    }
  }

  private move(key: number, by: number, title: string): void {
    const chips = moved(this.chips, key, by);
    const place = chips.findIndex((chip) => chip.key === key) + 1;
    this.host.say(`${title} is layer ${place} of ${chips.length}.`);
    if (chips.some((chip, at) => chip !== this.chips[at])) {
      this.edit(chips);
      this.views.get(key)?.node.scrollIntoView({ block: 'nearest' });
    }
  }

  private preview(from: number, to: number): void {
    const nodes = [...this.node.children] as HTMLElement[];
    nodes.splice(to, 0, ...nodes.splice(from, 1));
    this.arrange(nodes);
  }

  private drop(from: number, to: number): void {
    const chip = this.chips[from];
    if (chip && from !== to) {
      this.move(chip.key, to - from, this.title(chip));
    }
  }

  private duplicate(key: number, title: string): void {
    const { most } = this.host.about;
    if (this.chips.length >= most) {
      this.host.refuse(tooMany(most));
      return;
    }
    const at = this.chips.findIndex((chip) => chip.key === key);
    this.host.say(`${title} duplicated.`);
    this.edit(duplicated(this.chips, key));
    this.reveal(this.chips[at + 1]?.key ?? key);
  }

  private remove(key: number, title: string): void {
    const at = this.chips.findIndex((chip) => chip.key === key);
    const chips = this.chips.filter((chip) => chip.key !== key);
    this.host.say(`${title} removed.`);
    this.edit(chips);
    const next = chips[Math.min(at, chips.length - 1)];
    if (next) {
      this.views.get(next.key)?.on.focus(); // focus must not fall out of the list
    }
  }

  private edit(chips: Chip[], source?: string): void {
    this.show(chips);
    this.host.change(chips, source);
  }
}

function showProbability({ share, knobs }: StepView, probability: number): void {
  const view = knobs.get(PROBABILITY.name);
  view?.show(probability);
  share.textContent = probability < 1 ? inWords(PROBABILITY, probability) : '';
  if (view && probability < 1) {
    view.node.hidden = false;
  }
}

/** Say that a button does nothing where it is; it stays a stop for Tab. */
function setOff(control: HTMLButtonElement | undefined, off: boolean): void {
  if (off) {
    control?.setAttribute('aria-disabled', 'true');
  } else {
    control?.removeAttribute('aria-disabled');
  }
}

/** Two sheets, one behind the other; no font has such a sign for sure. */
function copySign(): SVGElement {
  const sheet = { width: 7, height: 8, rx: 1, fill: 'none', stroke: 'currentColor' };
  const size = { width: 12, height: 12, viewBox: '0 0 12 12', 'aria-hidden': 'true' };
  const front = svg('path', {
    d: 'M3.5 11.5h6a1 1 0 0 0 1-1V3.5',
    fill: 'none',
    stroke: 'currentColor',
  });
  return svg('svg', size, svg('rect', { x: 1.5, y: 0.5, ...sheet }), front);
}

/** Say why no further layer can be added. */
export function tooMany(most: number): string {
  return `A policy holds at most ${most} layers. Remove one first.`;
}
