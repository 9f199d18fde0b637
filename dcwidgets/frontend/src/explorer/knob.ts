import { h } from '../shared/dom';
import { withEnd } from './policy';
import type { Knob, Value } from './types';
import { inWords } from './words';

/** What a knob reports: a new value, or why what was typed is none. */
export interface Turning {
  turn: (value: Value) => void;
  refuse: (reason: string) => void;
  /** Whether the layer has no other knob, so that this one needs no name. */
  alone: boolean;
}

export interface KnobView {
  node: HTMLElement;
  /** Show a value that came from elsewhere. */
  show: (value: Value) => void;
}

/**
 * Draw the sliders of one knob: one for a number, two for the ends of a range.
 *
 * `title` names the layer for screen readers; `original` is what reset returns to.
 */
export function knobView(
  knob: Knob,
  title: string,
  original: Value,
  start: Value,
  { turn, refuse, alone }: Turning
): KnobView {
  const words = h('span', { class: 'dcw-ax-words' });
  const reset = h('button', { type: 'button', class: 'dcw-ax-icon' }, '↺');
  reset.setAttribute('aria-label', `Reset ${title}, ${knob.label}`);
  reset.title = 'Reset';
  const node = h('div', { class: 'dcw-ax-knob' });
  const caption = h('div', { class: 'dcw-ax-caption' }, alone ? '' : `${knob.label} `, words);

  let value = start;
  const apply = (next: Value): void => {
    show(next);
    turn(next);
  };
  const rows = knob.choices.length
    ? [choiceRow(knob, title, apply)]
    : ends(knob).map(([end, name]) =>
        numberRow(knob, [title, knob.label, name].filter(Boolean).join(', '), name, refuse, (x) =>
          apply(end === null ? x : withEnd(value as [number, number], end, x))
        )
      );
  const show = (next: Value): void => {
    value = next;
    rows.forEach((row, end) => row.show(typeof next === 'object' ? next[end as 0 | 1] : next));
    words.textContent = inWords(knob, next);
    reset.classList.toggle('dcw-ax-hidden', String(next) === String(original));
  };
  reset.addEventListener('click', () => apply(original));
  // A choice says itself what it is.
  node.append(...(knob.choices.length ? [] : [caption]), ...rows.map((row) => row.node));
  (knob.choices.length ? (rows[0]?.node ?? node) : caption).append(reset);
  show(start);
  return { node, show };
}

function ends(knob: Knob): [0 | 1 | null, string][] {
  if (typeof knob.default !== 'object') {
    return [[null, '']];
  }
  const [low, high] = knob.unit === 'less_more' ? ['less', 'more'] : ['from', 'to'];
  return [
    [0, low],
    [1, high],
  ];
}

interface Row {
  node: HTMLElement;
  show: (value: string | number) => void;
}

function choiceRow(knob: Knob, title: string, turn: (value: string) => void): Row {
  const select = h('select', { 'aria-label': `${title}, ${knob.label}` });
  select.append(...knob.choices.map((name) => h('option', { value: name }, inWords(knob, name))));
  select.addEventListener('change', () => turn(select.value));
  return {
    node: h('div', { class: 'dcw-ax-row' }, select),
    show: (value) => (select.value = String(value)),
  };
}

function numberRow(
  knob: Knob,
  name: string,
  caption: string,
  refuse: (reason: string) => void,
  turn: (value: number) => void
): Row {
  const limits = { min: knob.low, max: knob.high, step: knob.step };
  const slider = h('input', { type: 'range', 'aria-label': name, ...limits });
  const field = h('input', { type: 'number', 'aria-label': `${name}, as a number`, ...limits });
  field.step = 'any'; // the slider's step is coarse; what is typed need not be

  slider.addEventListener('input', () => turn(slider.valueAsNumber));
  field.addEventListener('input', () => {
    const value = field.valueAsNumber;
    const sound = value >= knob.low && value <= knob.high; // NaN, an empty field, is neither
    field.setAttribute('aria-invalid', String(!sound));
    if (sound) {
      turn(value);
    } else {
      refuse(`${name} must lie between ${knob.low} and ${knob.high}. The last value stays.`);
    }
  });
  return {
    node: h(
      'div',
      { class: 'dcw-ax-row' },
      h('span', { 'aria-hidden': 'true' }, caption),
      slider,
      field
    ),
    show: (shown) => {
      slider.value = String(shown);
      // Not while it is typed in: 0.50 must not turn into 0.5 under the cursor.
      if (field.valueAsNumber !== shown) {
        field.value = String(shown);
      }
      field.removeAttribute('aria-invalid');
    },
  };
}
