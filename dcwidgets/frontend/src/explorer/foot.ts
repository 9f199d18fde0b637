import { button } from '../shared/controls';
import { h } from '../shared/dom';
import { newChip } from './policy';
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
      refuse(`A policy holds at most ${about.most} layers. Remove one first.`);
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

export function warpSwitch(change: (on: boolean) => void): Switch {
  const input = h('input', { type: 'checkbox' });
  input.addEventListener('change', () => change(input.checked));
  const hint = 'Interpolate once for neighbouring geometric layers: sharper and faster';
  const node = h('label', { class: 'dcw-ax-warp', title: hint }, input, ' Geometry in one warp');
  return { node, show: (on) => (input.checked = on) };
}

export interface CodePanel {
  node: HTMLElement;
  show: (code: string) => void;
}

/** The policy as code, folded, with a button that copies it. */
export function codePanel(say: (message: string) => void): CodePanel {
  const code = h('code');
  const text = h('pre', { tabindex: '0', 'aria-label': 'The policy as Python code' }, code);
  const node = h('details', { class: 'dcw-ax-code' }, h('summary', {}, 'Code'));
  const copy = button(node, 'Copy code', () => {
    void copyText(code).then((done) =>
      say(done ? 'Code copied.' : 'Press Ctrl+C to copy the code.')
    );
  });
  copy.classList.add('dcw-ax-copy');
  node.append(text);
  return { node, show: (written) => (code.textContent = written) };
}

/** Copy an element's text; where the browser forbids it, select it for Ctrl+C instead. */
async function copyText(node: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(node.textContent);
    return true;
  } catch {
    getSelection()?.selectAllChildren(node);
    return false;
  }
}
