import { count, h } from '../shared/dom';
import type { Filter } from './filter';
import { NumberBrush } from './brush';
import type { Column } from './table';
import { percent } from '../shared/stats';

/** A column drawn as bars: grey for all pictures, coloured for those that pass the filters. */
export interface Chart {
  node: HTMLElement;
  update: (counts: Uint32Array, totals: Uint32Array, filter: Filter | null) => void;
}

export function chartOf(column: Column, choose: (filter: Filter | null) => void): Chart {
  const clear = h(
    'button',
    { type: 'button', class: 'dcw-chart-clear', title: `Stop filtering by ${column.name}` },
    '×'
  );
  clear.setAttribute('aria-label', `Stop filtering by ${column.name}`);
  clear.addEventListener('click', () => choose(null));
  const title = h('h4', {}, column.name);
  const inner =
    column.kind === 'category' ? categoryChart(column, choose) : numberChart(column, choose);
  const node = h(
    'section',
    { class: 'dcw-chart', 'aria-label': column.name },
    h('header', {}, title, clear),
    inner.node
  );
  return {
    node,
    update: (counts, totals, filter) => {
      clear.hidden = !filter;
      node.classList.toggle('dcw-filtered', filter !== null);
      inner.update(counts, totals, filter);
    },
  };
}

/** Horizontal bars, one button each: a click adds the value to the filter or takes it out. */
function categoryChart(column: Column, choose: (filter: Filter | null) => void): Chart {
  let chosen = new Set<number>();
  const tip = new Tip();
  const bars = column.buckets.map((bucket, index) => {
    const all = h('span', { class: 'dcw-bar-all' });
    const part = h('span', { class: 'dcw-bar-part' });
    const number = h('span', { class: 'dcw-bar-count' });
    const label = h('span', { class: 'dcw-bar-label' }, bucket.label);
    const node = h(
      'button',
      { type: 'button', class: 'dcw-bar', 'data-kind': bucket.kind, 'aria-pressed': 'false' },
      label,
      h('span', { class: 'dcw-bar-track' }, all, part),
      number
    );
    node.addEventListener('click', () => choose(toggled(column, chosen, index)));
    tip.on(node, bucket.label, index);
    return { node, all, part, number, bucket };
  });
  const node = h('div', { class: 'dcw-bars' }, ...bars.map((bar) => bar.node));

  const update: Chart['update'] = (counts, totals, filter) => {
    tip.show(counts, totals);
    chosen = chosenBuckets(column, filter);
    const most = totals.reduce((a, b) => Math.max(a, b), 1);
    bars.forEach((bar, index) => {
      const [some, all] = [counts[index]!, totals[index]!];
      const out = filter !== null && !chosen.has(index);
      bar.node.setAttribute('aria-pressed', String(chosen.has(index)));
      bar.node.classList.toggle('dcw-out', out);
      bar.all.style.transform = `scaleX(${visible(all / most)})`;
      bar.part.style.transform = `scaleX(${out ? 0 : visible(some / most)})`;
      const text = count(some);
      if (bar.number.textContent !== text) {
        bar.number.textContent = text;
      }
    });
  };
  return { node, update };
}

/** Tooltips written when the pointer comes, not for every bar at every step of a brush. */
class Tip {
  private counts: Uint32Array = new Uint32Array(0);
  private totals: Uint32Array = new Uint32Array(0);

  show(counts: Uint32Array, totals: Uint32Array): void {
    this.counts = counts;
    this.totals = totals;
  }

  on(node: HTMLElement, label: string, index: number): void {
    node.addEventListener('pointerenter', () => {
      const [some, all] = [this.counts[index] ?? 0, this.totals[index] ?? 0];
      node.title = `${label}: ${count(some)} of ${count(all)} pass the other filters`;
    });
  }
}

/** One picture among thousands must not look like none. */
function visible(share: number): number {
  return share > 0 ? Math.max(share, 0.025) : 0;
}

function chosenBuckets(column: Column, filter: Filter | null): Set<number> {
  const codes = new Set(filter && 'codes' in filter ? filter.codes : []);
  const chosen = new Set<number>();
  column.buckets.forEach((bucket, index) => {
    if (bucket.codes.some((code) => codes.has(code))) {
      chosen.add(index);
    }
  });
  return chosen;
}

function toggled(column: Column, chosen: Set<number>, index: number): Filter | null {
  const next = new Set(chosen);
  if (!next.delete(index)) {
    next.add(index);
  }
  const codes = [...next].sort((a, b) => a - b).flatMap((bucket) => column.buckets[bucket]!.codes);
  return codes.length ? { codes } : null;
}

/** A histogram with a brush, and a bar for missing values below it. */
function numberChart(column: Column, choose: (filter: Filter | null) => void): Chart {
  const bins = column.edges.length - 1;
  const tip = new Tip();
  const pairs = Array.from({ length: bins }, (_, index) => {
    const all = h('span', { class: 'dcw-bin-all' });
    const part = h('span', { class: 'dcw-bin-part' });
    const bin = h('span', { class: 'dcw-bin' }, all, part);
    tip.on(bin, column.buckets[index]!.label, index);
    return { all, part, node: bin };
  });
  const plot = h('div', { class: 'dcw-bins', 'aria-hidden': 'true' }, ...pairs.map((p) => p.node));
  const brush = new NumberBrush(column, plot, choose);
  const missing = missingBar(column, choose);
  const node = h('div', { class: 'dcw-histogram' }, brush.node);
  if (missing) {
    node.append(missing.node);
  }

  const update: Chart['update'] = (counts, totals, filter) => {
    tip.show(counts, totals);
    const [from, to] = brush.show(filter);
    const most = totals.subarray(0, bins).reduce((a, b) => Math.max(a, b), 1);
    pairs.forEach(({ all, part, node: bin }, index) => {
      const out = filter !== null && (index < from || index >= to);
      bin.classList.toggle('dcw-out', out);
      all.style.transform = `scaleY(${visible(totals[index]! / most)})`;
      part.style.transform = `scaleY(${out ? 0 : visible(counts[index]! / most)})`;
    });
    missing?.update(counts[bins]!, totals[bins]!, filter);
  };
  return { node, update };
}

function missingBar(
  column: Column,
  choose: (filter: Filter | null) => void
): {
  node: HTMLElement;
  update: (some: number, all: number, filter: Filter | null) => void;
} | null {
  if (column.buckets.at(-1)?.kind !== 'missing') {
    return null;
  }
  const number = h('span', { class: 'dcw-bar-count' });
  const label = h('span', { class: 'dcw-bar-label' }, 'missing');
  const node = h(
    'button',
    { type: 'button', class: 'dcw-bar', 'data-kind': 'missing' },
    label,
    number
  );
  let on = false;
  node.addEventListener('click', () => choose(on ? null : { missing: true }));
  const update = (some: number, all: number, filter: Filter | null): void => {
    on = filter !== null && 'missing' in filter;
    node.setAttribute('aria-pressed', String(on));
    node.classList.toggle('dcw-out', filter !== null && !on);
    number.textContent = `${count(some)} (${percent(all / column.values.length)})`;
  };
  return { node, update };
}
