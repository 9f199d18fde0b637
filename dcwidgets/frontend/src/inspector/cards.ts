import { h } from '../shared/dom';
import type { Comparison, Pair } from './comparison';
import { percent } from '../shared/stats';

/** Show one column of two splits: bars in a table for categories, twin bars for numbers. */
export function comparisonCard(
  { column, pairs, strength }: Comparison,
  names: [string, string],
  pick: (codes: number[]) => void
): HTMLElement {
  const verdict =
    strength > 0
      ? h('span', { class: 'dcw-odd' }, '▲ beyond chance')
      : h('span', { class: 'dcw-soft' }, 'within chance');
  const body =
    column.kind === 'category' ? categoryTable(pairs, names, pick) : twinBars(pairs, names);
  return h(
    'section',
    { class: 'dcw-card' },
    h('header', {}, h('h4', {}, column.name), verdict),
    body
  );
}

function categoryTable(
  pairs: Pair[],
  names: [string, string],
  pick: (codes: number[]) => void
): HTMLElement {
  const most = highest(pairs);
  const heads = ['', ...names, 'points apart'].map((name) => h('th', { scope: 'col' }, name));
  const rows = pairs.map((pair) => {
    const link = h('button', { type: 'button', class: 'dcw-link' }, pair.bucket.label);
    link.title = `Show only ${pair.bucket.label}`;
    link.addEventListener('click', () => pick(pair.bucket.codes));
    const apart = h('td', { title: intervalWords(pair) }, signed(pair));
    apart.classList.toggle('dcw-odd', pair.odd);
    const name = h('th', { scope: 'row' }, link);
    return h('tr', {}, name, shareCell(pair.a, most, 'a'), shareCell(pair.b, most, 'b'), apart);
  });
  return h('table', {}, h('thead', {}, h('tr', {}, ...heads)), h('tbody', {}, ...rows));
}

function shareCell(share: number, most: number, side: string): HTMLElement {
  const bar = h('span', { class: `dcw-share-bar dcw-side-${side}` });
  bar.style.transform = `scaleX(${share / most})`;
  return h('td', {}, h('span', { class: 'dcw-share' }, bar, h('span', {}, percent(share))));
}

/** A histogram of each split side by side, and in words where they differ most. */
function twinBars(pairs: Pair[], names: [string, string]): HTMLElement {
  const most = highest(pairs);
  const bins = pairs.map((pair) => {
    const bars = ([pair.a, pair.b] as const).map((share, side) => {
      const bar = h('span', { class: `dcw-twin-bar dcw-side-${side ? 'b' : 'a'}` });
      bar.style.transform = `scaleY(${share / most})`;
      return bar;
    });
    const sign = h('span', { class: 'dcw-twin-sign dcw-odd' }, pair.odd ? signOf(pair) : '');
    const title = `${pair.bucket.label}: ${names[0]} ${percent(pair.a)}, ${names[1]} ${percent(pair.b)}`;
    return h('span', { class: 'dcw-twin', title }, sign, ...bars);
  });
  const widest = pairs.reduce((a, b) => (clarity(b) > clarity(a) ? b : a));
  const words =
    `Widest apart at ${widest.bucket.label}: ${percent(widest.a)} of ${names[0]}, ` +
    `${percent(widest.b)} of ${names[1]} (${apartWords(widest)})`;
  return h(
    'div',
    {},
    h('div', { class: 'dcw-twins', 'aria-hidden': 'true' }, ...bins),
    h('p', { class: 'dcw-twin-words', title: intervalWords(widest) }, words)
  );
}

function highest(pairs: Pair[]): number {
  return Math.max(...pairs.flatMap(({ a, b }) => [a, b]), 1e-9);
}

function clarity({ apart }: Pair): number {
  return Math.max(apart.low, -apart.high);
}

function signOf({ apart }: Pair): string {
  return apart.share > 0 ? '▲' : '▼';
}

function apartWords(pair: Pair): string {
  return `${signed(pair)} points`;
}

function signed(pair: Pair): string {
  return `${pair.odd ? `${signOf(pair)} ` : ''}${points(pair.apart.share)}`;
}

function intervalWords({ apart }: Pair): string {
  return `interval ${points(apart.low)} to ${points(apart.high)} points`;
}

function points(share: number): string {
  const value = share * 100;
  return `${value > 0 ? '+' : value < 0 ? '−' : ''}${Math.abs(value).toFixed(1)}`;
}
