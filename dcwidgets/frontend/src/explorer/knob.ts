import { h } from '../shared/dom';
import { isPair, withEnd } from './policy';
import type { Knob, Value } from './types';
import { inWords } from './words';

/** What a knob reports: a new value, or why what was typed is none. */
export interface Turning {
  turn: (value: Value) => void;
  refuse: (reason: string) => void;
  /** Whether the layer has no other knob, so that this one needs no name. */
  alone: boolean;
  /** Whether it takes one line, with its name and without words. */
  short?: boolean;
}

export interface KnobView {
  node: HTMLElement;
  /** Show a value that came from elsewhere. */
  show: (value: Value) => void;
  /** Where pictures of the low and of the high end go; one place where there is no range. */
  ends: HTMLElement[];
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
  { turn, refuse, alone, short = false }: Turning
): KnobView {
  const words = h('span', { class: 'dcw-ax-words' });
  const reset = h('button', { type: 'button', class: 'dcw-ax-icon' }, '↺');
  reset.setAttribute('aria-label', `Reset ${title}, ${knob.label}`);
  reset.title = 'Reset';
  const node = h('div', { class: 'dcw-ax-knob' });
  const pictures = endPictures(knob, title);
  const name = h('span', { class: 'dcw-ax-words' }, alone ? '' : `${knob.label} `, words);
  const caption = h('div', { class: 'dcw-ax-caption' }, name);

  let value = start;
  const apply = (next: Value): void => {
    show(next);
    turn(next);
  };
  const one = together(knob, start);
  const rows = knob.choices.length
    ? [choiceRow(knob, title, apply)]
    : ends(knob, one).map(([end, name]) =>
        numberRow(
          knob,
          [title, knob.label, name].filter(Boolean).join(', '),
          short ? knob.label : name,
          refuse,
          (x) => apply(one ? [x, x] : end === null ? x : withEnd(value as [number, number], end, x))
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
  const bare = short || knob.choices.length > 0;
  node.classList.toggle('dcw-ax-short', short);
  node.append(...(bare ? [] : [caption]), ...rows.map((row) => row.node));
  const line = bare ? (rows[0]?.node ?? node) : caption;
  line.prepend(...pictures.slice(0, 1));
  line.append(...pictures.slice(1), reset);
  show(start);
  return { node, show, ends: pictures };
}

/** Make places for the pictures of the ends. */
function endPictures(knob: Knob, title: string): HTMLElement[] {
  const names = knob.pictured === 2 ? ['at the low end', 'at the high end'] : ['as it is set'];
  return names.slice(0, knob.pictured ?? 0).map((name) =>
    h('span', {
      class: 'dcw-ax-end',
      role: 'img',
      'aria-label': `${title}, ${knob.label}, ${name}`,
      title: `The first picture, ${knob.label.toLowerCase()} ${name}`,
    })
  );
}

/** Say whether both ends of a pair move as one: how often a layer acts is one number. */
function together(knob: Knob, value: Value): boolean {
  return knob.chance === true && isPair(value) && value[0] === value[1];
}

function ends(knob: Knob, one: boolean): [0 | 1 | null, string][] {
  if (typeof knob.default !== 'object' || one) {
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
  const label = h('span', { 'aria-hidden': 'true' }, caption);
  return {
    node: h('div', { class: 'dcw-ax-row' }, ...(caption ? [label] : []), slider, field),
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
