import { count, h } from '../shared/dom';
import type { Crossfilter } from './filter';
import type { Share } from '../shared/stats';
import { beyondNoise, difference, percent, wilson, zFor } from '../shared/stats';
import type { Column } from './table';

/** More classes than this are told by the two that stand out most. */
const MOST_LINES = 4;
const FEW_LINES = 2;

interface Line {
  label: string;
  share: Share;
  rest: number;
  odd: boolean;
  distance: number;
}

/**
 * How each split is made of classes: the share of each class with its 95 % interval.
 *
 * Marked is a share that differs from that in the other splits by more than chance
 * explains, with all splits and classes looked at together.
 */
export class Balance {
  readonly node = h('div', { class: 'dcw-balance' });

  constructor(
    private readonly filter: Crossfilter,
    private readonly split: Column,
    private readonly label: Column
  ) {}

  update(): void {
    const table = crossTable(this.filter, this.split, this.label);
    // A picture without a label says nothing about classes; it is counted apart.
    const named = this.label.buckets.flatMap(({ kind }, c) => (kind === 'missing' ? [] : [c]));
    const labelled = table.map((row) => sum(named.map((c) => row[c]!)));
    const total = sum(labelled);
    const tested = labelled.filter((n) => n > 0).length;
    // Two classes are one comparison: the second share is what the first leaves.
    const z = zFor(tested * (named.length === 2 ? 1 : named.length));
    const rows = table.map((row, s) => {
      const n = labelled[s]!;
      const lines = named.map((c) =>
        line(this.label.buckets[c]!.label, row[c]!, n, sum(table.map((r) => r[c]!)), total, z)
      );
      return this.splitNode(this.split.buckets[s]!.label, n, sum(row), lines);
    });
    this.node.replaceChildren(...rows);
  }

  private splitNode(name: string, n: number, all: number, lines: Line[]): HTMLElement {
    const nothing = h('p', { class: 'dcw-balance-none' }, all ? 'no labels' : 'no pictures');
    const body = n ? chooseLines(lines).map(lineNode) : [nothing];
    return h(
      'div',
      { class: 'dcw-balance-split', role: 'group', 'aria-label': `Classes in ${name}` },
      h('div', { class: 'dcw-balance-name' }, name, h('span', {}, count(all))),
      ...body
    );
  }
}

function line(
  label: string,
  k: number,
  n: number,
  everywhere: number,
  total: number,
  z: number
): Line {
  const others = total - n;
  const apart = difference(k, n, everywhere - k, others, z);
  return {
    label,
    share: wilson(k, n),
    rest: others ? (everywhere - k) / others : NaN,
    odd: n > 0 && others > 0 && beyondNoise(apart),
    distance: Math.abs(apart.share) || 0,
  };
}

function chooseLines(lines: Line[]): Line[] {
  if (lines.length === 2) {
    return lines.slice(0, 1);
  }
  if (lines.length <= MOST_LINES) {
    return lines;
  }
  return [...lines].sort((a, b) => b.distance - a.distance).slice(0, FEW_LINES);
}

function lineNode({ label, share, rest, odd }: Line): HTMLElement {
  const at = (value: number): string => `${(value * 100).toFixed(2)}%`;
  const interval = h('span', { class: 'dcw-whisker' });
  interval.style.left = at(share.low);
  interval.style.width = at(share.high - share.low);
  const dot = h('span', { class: 'dcw-dot' });
  dot.style.left = at(share.share);
  const track = h('span', { class: 'dcw-track', 'aria-hidden': 'true' }, interval, dot);
  if (Number.isFinite(rest)) {
    const tick = h('span', { class: 'dcw-expected' });
    tick.style.left = at(rest);
    track.append(tick);
  }
  const range = `${percent(share.low)} to ${percent(share.high)}`;
  const sign = odd ? (share.share > rest ? '▲ ' : '▼ ') : '';
  const verdict = odd ? 'more than chance explains' : 'within chance';
  const elsewhere = Number.isFinite(rest)
    ? `, ${percent(rest)} in the other splits: ${verdict}`
    : '';
  const sentence = `${label} ${percent(share.share)} (95 % interval ${range})${elsewhere}`;
  return h(
    'div',
    { class: `dcw-balance-line${odd ? ' dcw-odd' : ''}`, title: sentence },
    h('span', { class: 'dcw-unseen' }, sentence),
    h('span', { class: 'dcw-balance-label', 'aria-hidden': 'true' }, label),
    track,
    h('span', { class: 'dcw-balance-share', 'aria-hidden': 'true' }, sign + percent(share.share))
  );
}

/** Count split by class over rows that pass every filter but those of these two columns. */
function crossTable(filter: Crossfilter, split: Column, label: Column): number[][] {
  const table = split.buckets.map(() => label.buckets.map(() => 0));
  const passes = filter.ignoring(split.name, label.name);
  for (let row = 0; row < filter.n; row++) {
    if (passes(row)) {
      table[split.bucketOf[row]!]![label.bucketOf[row]!]!++;
    }
  }
  return table;
}

function sum(values: number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
