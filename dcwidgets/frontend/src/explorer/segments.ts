import { h } from '../shared/dom';

export interface Segments {
  node: HTMLElement;
  /** Mark one choice; a value that is none marks none. */
  show: (value: string) => void;
}

/** Radio buttons that look like one bar; arrows choose, as in any group of radio buttons. */
export function segments(
  legend: string,
  choices: readonly (readonly [value: string, text: string, hint?: string])[],
  choose: (value: string) => void
): Segments {
  const group = `dcw-ax-${Math.random().toString(36).slice(2)}`;
  const caption = h('legend', { class: 'dcw-unseen' }, legend);
  const node = h('fieldset', { class: 'dcw-ax-segments' }, caption);
  const inputs = choices.map(([value, text, hint]) => {
    const input = h('input', { type: 'radio', name: group, value });
    input.addEventListener('change', () => choose(value));
    node.append(h('label', hint ? { title: hint } : {}, input, h('span', {}, text)));
    return input;
  });
  return {
    node,
    show: (value) => inputs.forEach((input) => (input.checked = input.value === value)),
  };
}
