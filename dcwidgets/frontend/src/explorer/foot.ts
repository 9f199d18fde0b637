import { button } from '../shared/controls';
import { h } from '../shared/dom';
import { newChip } from './policy';
import { tooMany } from './steps';
import type { About, Chip } from './types';

/** Below the steps: add a layer, and whether geometric layers share one warp. */
export function adder(
  about: About,
  chips: () => readonly Chip[],
  add: (chip: Chip) => void,
  refuse: (reason: string) => void
): HTMLElement {
  const select = h('select', { 'aria-label': 'Layer to add' });
  for (const [label, geometric] of [
    ['Geometry', true],
    ['Colour and more', false],
  ] as const) {
    const group = h('optgroup', { label });
    for (const [layer, kind] of Object.entries(about.kinds)) {
      if (kind.geometric === geometric) {
        group.append(h('option', { value: layer }, kind.title));
      }
    }
    select.append(group);
  }
  const node = h('div', { class: 'dcw-ax-adder' }, select);
  button(node, 'Add layer', () => {
    const kind = about.kinds[select.value];
    if (chips().length >= about.most) {
      refuse(tooMany(about.most));
    } else if (kind) {
      add(newChip(chips(), select.value, kind));
    }
  });
  return node;
}

export interface Switch {
  node: HTMLElement;
  show: (on: boolean) => void;
}

/** A checkbox with its label. */
export function toggle(text: string, hint: string, change: (on: boolean) => void): Switch {
  const input = h('input', { type: 'checkbox' });
  input.addEventListener('change', () => change(input.checked));
  const node = h('label', { class: 'dcw-ax-toggle', title: hint }, input, ` ${text}`);
  return { node, show: (on) => (input.checked = on) };
}
