import { button } from '../shared/controls';
import { h } from '../shared/dom';
import { knobView, type KnobView } from './knob';
import { moved, turned, valueOf } from './policy';
import type { About, Chip, Config } from './types';

export interface StepsHost {
  about: About;
  change: (chips: Chip[]) => void;
  refuse: (reason: string) => void;
  say: (message: string) => void;
}

interface StepView {
  node: HTMLLIElement;
  on: HTMLInputElement;
  knobs: Map<string, KnobView>;
}

/** The layers in order: on or off, moved, removed, and their knobs. */
export class Steps {
  readonly node = h('ol', { class: 'dcw-ax-steps', 'aria-label': 'Layers, in order' });
  private readonly views = new Map<number, StepView>();
  private readonly origin = new Map<number, Config>();
  private chips: Chip[] = [];

  constructor(private readonly host: StepsHost) {}

  /** Show another policy; its values are what reset returns to. */
  open(chips: Chip[]): void {
    this.views.clear();
    this.origin.clear();
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
    if (nodes.some((node, at) => this.node.children[at] !== node)) {
      const focus = document.activeElement;
      this.node.replaceChildren(...nodes);
      if (focus instanceof HTMLElement && this.node.contains(focus)) {
        focus.focus(); // a moved node loses it
      }
    }
  }

  /** Bring the step with this key into view and focus it. */
  reveal(key: number): void {
    const view = this.views.get(key);
    view?.node.scrollIntoView({ block: 'nearest' });
    view?.on.focus({ preventScroll: true });
  }

  private update(chip: Chip, at: number): HTMLLIElement {
    let view = this.views.get(chip.key);
    if (!view) {
      this.origin.set(chip.key, chip.config);
      view = this.build(chip);
      this.views.set(chip.key, view);
    }
    view.on.checked = chip.on;
    view.node.classList.toggle('dcw-ax-off', !chip.on);
    const [up, down] = view.node.querySelectorAll<HTMLButtonElement>('.dcw-ax-move');
    up?.toggleAttribute('aria-disabled', at === 0);
    down?.toggleAttribute('aria-disabled', at === this.chips.length - 1);
    for (const knob of this.knobsOf(chip)) {
      view.knobs.get(knob.name)?.show(valueOf(chip, knob));
    }
    return view.node;
  }

  private knobsOf(chip: Chip) {
    return this.host.about.kinds[chip.layer]?.knobs ?? [];
  }

  private build(chip: Chip): StepView {
    const { key, layer } = chip;
    const title = this.host.about.kinds[layer]?.title ?? layer;
    const on = h('input', { type: 'checkbox' });
    on.addEventListener('change', () => {
      this.edit(this.chips.map((c) => (c.key === key ? { ...c, on: on.checked } : c)));
    });
    const head = h('div', { class: 'dcw-ax-head' }, h('label', {}, on, ` ${title}`));
    head.append(this.tools(key, title));
    const node = h('li', { class: 'dcw-ax-step', title: `keras.layers.${layer}` }, head);
    node.addEventListener('keydown', (event) => this.keyed(event, key, title));
    const knobs = new Map<string, KnobView>();
    const origin = { ...chip, config: this.origin.get(key) ?? chip.config };
    for (const knob of this.knobsOf(chip)) {
      const view = knobView(knob, title, valueOf(origin, knob), valueOf(chip, knob), {
        turn: (value) => this.edit(turned(this.chips, key, knob.name, value)),
        refuse: this.host.refuse,
        alone: this.knobsOf(chip).length === 1,
      });
      knobs.set(knob.name, view);
      node.append(view.node);
    }
    if (!knobs.size) {
      node.append(h('p', { class: 'dcw-ax-note' }, 'Nothing to turn here; it draws as it is.'));
    }
    return { node, on, knobs };
  }

  private tools(key: number, title: string): HTMLElement {
    const tools = h('span', { class: 'dcw-ax-tools' });
    const icon = (sign: string, name: string, act: () => void): HTMLButtonElement => {
      const node = button(tools, sign, act, name);
      node.className = 'dcw-ax-icon';
      node.setAttribute('aria-label', `${name}: ${title}`);
      return node;
    };
    icon('↑', 'Move up', () => this.move(key, -1, title)).classList.add('dcw-ax-move');
    icon('↓', 'Move down', () => this.move(key, 1, title)).classList.add('dcw-ax-move');
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
    this.edit(chips);
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

  private edit(chips: Chip[]): void {
    this.show(chips);
    this.host.change(chips);
  }
}
