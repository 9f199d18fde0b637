import { field } from '../shared/controls';
import { count, enable, h } from '../shared/dom';
import { percent } from '../shared/stats';
import { costWords, seconds } from './break_even';
import { shapeOf } from './stamps';
import type { State } from './state';

/** Settings that Python reads and sets, too. */
export interface Traits {
  method: string;
  _size: number;
  train_seconds: number;
  prepare_seconds: number;
}

export interface Settings {
  get: <K extends keyof Traits>(name: K) => Traits[K];
  set: <K extends keyof Traits>(name: K, value: Traits[K]) => void;
}

/** A part of the widget: what it shows, and how it follows a change. */
export interface Panel {
  node: HTMLElement;
  update: () => void;
}

const SIGNS = { square: '■', cross: '✕', diamond: '◆', bars: '‖' };

export function words(method: string): string {
  return method.replaceAll('_', ' ');
}

/** Method and budget. */
export function budgetPanel(state: State, settings: Settings): Panel {
  const { methods, n } = state.content;
  const select = h(
    'select',
    {},
    ...methods.map(({ name, lacking }) =>
      h(
        'option',
        { value: name, disabled: lacking !== '' },
        words(name) + (lacking && ` (pass ${lacking}=)`)
      )
    )
  );
  select.addEventListener('change', () => settings.set('method', select.value));
  const node = h('div', { class: 'dcw-cx-budget' }, h('label', {}, 'Method ', select));
  const slider = field(node, 'Pictures to keep', { type: 'range', min: '0', max: '1000' });
  const exact = h('input', {
    type: 'number',
    min: 1,
    max: n,
    step: 1,
    'aria-label': 'Pictures to keep, exactly',
  });
  const said = h('p', { role: 'status' });
  node.append(exact, said);
  slider.addEventListener('input', () => settings.set('_size', sizeAt(slider.valueAsNumber, n)));
  exact.addEventListener('change', () => {
    const size = exact.valueAsNumber;
    if (Number.isInteger(size) && size >= 1 && size <= n) {
      settings.set('_size', size);
    }
    update();
  });
  const update = (): void => {
    const size = settings.get('_size');
    select.value = settings.get('method');
    slider.valueAsNumber = placeOf(size, n);
    slider.setAttribute('aria-valuetext', `${count(size)} of ${count(n)} pictures`);
    exact.value = String(size);
    said.textContent = state.choosing ? 'Choosing …' : keptWords(state);
  };
  return { node, update };
}

/** The slider is even in the logarithm: from 10 to 100 matters as much as from 1,000 to 10,000. */
export function sizeAt(place: number, n: number): number {
  return Math.round(n ** (place / 1000));
}

export function placeOf(size: number, n: number): number {
  return n > 1 ? Math.round((1000 * Math.log(size)) / Math.log(n)) : 1000;
}

function keptWords({ choice, share, content }: State): string {
  if (!choice) {
    return '';
  }
  const fewer = choice.rows.length < choice.size ? ', fewer than asked for' : '';
  return `${count(choice.rows.length)} of ${count(content.n)} kept (${percent(share)})${fewer}`;
}

/** What is kept of each class, and how far its pictures are from that. */
export function classesPanel(state: State): Panel {
  const { classes } = state.content;
  const body = h('tbody', {});
  const node = h(
    'table',
    { class: 'dcw-cx-classes' },
    h('caption', {}, 'Balance and coverage'),
    h('thead', {}, line('th', ['class', 'kept', 'share', 'distance'])),
    body
  );
  const update = (): void => {
    const { choice, totals } = state;
    if (!choice) {
      return;
    }
    const all = choice.rows.length;
    const [most, n] = [Math.max(...choice.gaps.map((gap) => gap ?? 0)), state.content.n];
    const rows = classes.map((name, label) => {
      const kept = choice.counts[label]!;
      const row = line('td', [
        `${SIGNS[shapeOf(label)]} ${name}`,
        `${count(kept)} of ${count(totals[label]!)}`,
        `${percent(kept / all)} (${percent(totals[label]! / n)})`,
        number(choice.gaps[label] ?? NaN),
      ]);
      row.style.setProperty('--dcw-share', String((choice.gaps[label] ?? 0) / (most || 1)));
      return row;
    });
    const total = line('td', ['all', count(all), '', number(choice.gap)]);
    body.replaceChildren(...rows, total);
  };
  const note = h(
    'p',
    { class: 'dcw-cx-soft' },
    'Share among the kept (among all). Distance: mean way from a picture to the nearest kept one.'
  );
  return { node: h('div', {}, node, note), update };
}

/** What choosing costs beside training, and when it pays. */
export function costPanel(state: State, settings: Settings): Panel {
  const node = h('div', { class: 'dcw-cx-costs' }, h('h4', {}, 'Does choosing pay?'));
  const inputs = (
    [
      ['train_seconds', 'One training on all, in s'],
      ['prepare_seconds', 'Features and scores, in s'],
    ] as const
  ).map(([name, label]) => {
    const input = field(node, label, { type: 'number', min: '0', step: 'any' });
    input.addEventListener('change', () => {
      if (input.valueAsNumber >= 0 && Number.isFinite(input.valueAsNumber)) {
        settings.set(name, input.valueAsNumber);
      }
      update();
    });
    return { name, input };
  });
  const said = h('p', { role: 'status' });
  node.append(said);
  const update = (): void => {
    inputs.forEach(({ name, input }) => {
      if (input !== document.activeElement) {
        input.value = String(settings.get(name));
      }
    });
    if (state.choice) {
      const choosing = state.choice.seconds;
      const [training, preparing] = [
        settings.get('train_seconds'),
        settings.get('prepare_seconds'),
      ];
      const told = costWords({ choosing, preparing, training, share: state.share });
      said.textContent = `Choosing took ${seconds(choosing)}. ${told}`;
    }
  };
  return { node, update };
}

/** Every method at the size that is shown: what the map says, in numbers. */
export function comparePanel(state: State, settings: Settings): Panel {
  const body = h('tbody', {});
  const run = h('button', { type: 'button', class: 'dcw-button' }, 'Compare all methods');
  let running = false;
  run.addEventListener('click', () => {
    if (!running) {
      running = true;
      update();
      void state.compare().finally(() => {
        running = false;
        update();
      });
    }
  });
  const table = h(
    'table',
    { class: 'dcw-cx-compare' },
    h('caption', {}, 'Methods at this size'),
    h('thead', {}, line('th', ['method', 'kept', 'shared', 'distance', 'farthest', 'chosen in'])),
    body
  );
  const update = (): void => {
    enable(run, !running && state.choice !== null);
    run.textContent = running ? 'Comparing …' : 'Compare all methods';
    const chosen = state.choice?.method;
    const rows = [...state.compared.values()].map((choice) => {
      const show = h('button', { type: 'button', class: 'dcw-cx-link' }, words(choice.method));
      show.addEventListener('click', () => settings.set('method', choice.method));
      const shared = choice.method === chosen ? 'shown' : percent(state.shared(choice));
      return line('td', [
        show,
        count(choice.rows.length),
        shared,
        number(choice.gap),
        number(choice.farthest),
        seconds(choice.seconds),
      ]);
    });
    const held = [...body.querySelectorAll('button')].findIndex(
      (each) => each === document.activeElement
    );
    body.replaceChildren(...rows);
    body.querySelectorAll('button')[held]?.focus();
  };
  const note = h(
    'p',
    { class: 'dcw-cx-soft' },
    'Shared: how much of it is also kept by the method shown. Small distances cover well; whether that trains well, only dcw.measure tells.'
  );
  return { node: h('div', { class: 'dcw-cx-methods' }, run, table, note), update };
}

function line(tag: 'td' | 'th', cells: (string | Node)[]): HTMLTableRowElement {
  return h('tr', {}, ...cells.map((cell) => h(tag, tag === 'th' ? { scope: 'col' } : {}, cell)));
}

function number(value: number): string {
  return Number.isFinite(value) ? value.toPrecision(3) : '–';
}
