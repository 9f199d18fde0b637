import { h } from '../shared/dom';
import type { Session } from './session';
import { EDIT } from './session';
import type { Share } from './stats';
import { beyondNoise, difference, percent, zFor } from './stats';
import type { Column } from './table';

interface Row {
  label: string;
  a: number;
  b: number;
  apart: Share;
  odd: boolean;
  pick: (() => void) | null;
}

interface Card {
  column: Column;
  rows: Row[];
  /** How far the clearest difference lies beyond its interval; above 0 is beyond chance. */
  strength: number;
}

/** Two splits side by side, column by column; what differs most stands first. */
export class SplitComparison {
  readonly node: HTMLElement;
  private readonly a: HTMLSelectElement;
  private readonly b: HTMLSelectElement;
  private readonly clear = h('div', { class: 'dcw-cards' });
  private readonly same = h('div', { class: 'dcw-cards' });
  private readonly restTitle = h('summary', {});
  private readonly rest = h('details', { class: 'dcw-rest' }, this.restTitle, this.same);
  private readonly summary = h('p', { role: 'status' });

  constructor(
    private readonly session: Session,
    private readonly leave: () => void
  ) {
    const names = session.column('split')?.labels ?? [];
    this.a = this.picker('First split', names, 0);
    this.b = this.picker('Second split', names, 1);
    const line = h('div', { class: 'dcw-toolbar' }, 'Compare ', this.a, ' with ', this.b);
    this.node = h(
      'section',
      { 'aria-label': 'Two splits' },
      line,
      this.summary,
      this.clear,
      this.rest
    );
  }

  update(): void {
    const split = this.session.column('split');
    const [a, b] = [this.a.selectedIndex, this.b.selectedIndex];
    if (!split || a < 0 || b < 0 || a === b) {
      this.clear.replaceChildren();
      this.rest.hidden = true;
      this.summary.textContent = 'Choose two different splits.';
      return;
    }
    const columns = [...this.session.filter.columns.values()].filter(
      ({ name }) => name !== 'split' && name !== EDIT
    );
    const cards = columns
      .map((column) => this.compare(column, split, a + 1, b + 1))
      .sort((x, y) => y.strength - x.strength);
    const odd = cards.filter(({ strength }) => strength > 0).length;
    this.summary.textContent = odd
      ? `${odd} of ${cards.length} columns differ by more than chance explains.`
      : `None of ${cards.length} columns differs by more than chance explains.`;
    const nodes = cards.map((card) => this.cardNode(card));
    this.clear.replaceChildren(...nodes.slice(0, odd));
    const rest = cards.slice(odd).map(({ column }) => column.name);
    this.rest.hidden = !rest.length;
    this.restTitle.textContent = `Within chance: ${rest.join(', ')}`;
    this.same.replaceChildren(...nodes.slice(odd));
  }

  private picker(label: string, names: string[], index: number): HTMLSelectElement {
    const select = h(
      'select',
      { 'aria-label': label },
      ...names.map((name) => h('option', {}, name))
    );
    select.selectedIndex = Math.min(index, names.length - 1);
    select.addEventListener('change', () => this.update());
    return select;
  }

  private compare(column: Column, split: Column, codeA: number, codeB: number): Card {
    const counts = [codeA, codeB].map(() => new Uint32Array(column.buckets.length));
    const totals = [0, 0];
    for (let row = 0; row < split.codes.length; row++) {
      const side = split.codes[row] === codeA ? 0 : split.codes[row] === codeB ? 1 : -1;
      if (side >= 0 && this.session.filter.passes(row, 'split')) {
        counts[side]![column.bucketOf[row]!]!++;
        totals[side]!++;
      }
    }
    const z = zFor(column.buckets.length);
    const rows = column.buckets.map((bucket, index): Row => {
      const [a, b] = [counts[0]![index]!, counts[1]![index]!];
      const apart = difference(a, totals[0]!, b, totals[1]!, z);
      const pick = bucket.codes.length ? () => this.pick(column, bucket.codes) : null;
      return {
        ...{ label: bucket.label, apart, odd: beyondNoise(apart), pick },
        ...{ a: a / (totals[0]! || 1), b: b / (totals[1]! || 1) },
      };
    });
    const strength = Math.max(...rows.map(({ apart }) => Math.max(apart.low, -apart.high)));
    return { column, rows, strength };
  }

  private pick(column: Column, codes: number[]): void {
    this.session.setFilter(column.name, { codes });
    this.leave();
  }

  private cardNode({ column, rows, strength }: Card): HTMLElement {
    const verdict =
      strength > 0
        ? h('span', { class: 'dcw-odd' }, '▲ beyond chance')
        : h('span', { class: 'dcw-soft' }, 'within chance');
    const most = Math.max(...rows.flatMap(({ a, b }) => [a, b]), 1e-9);
    const body = rows.map((row) => rowNode(row, most));
    const head = h(
      'tr',
      {},
      ...['', this.a.value, this.b.value, 'difference'].map((name) =>
        h('th', { scope: 'col' }, name)
      )
    );
    return h(
      'section',
      { class: 'dcw-card' },
      h('header', {}, h('h4', {}, column.name), verdict),
      h('table', {}, h('thead', {}, head), h('tbody', {}, ...body))
    );
  }
}

function rowNode({ label, a, b, apart, odd, pick }: Row, most: number): HTMLElement {
  const name = pick ? h('button', { type: 'button', class: 'dcw-link' }, label) : label;
  if (pick && name instanceof HTMLElement) {
    name.addEventListener('click', pick);
    name.title = `Show only ${label}`;
  }
  const points = (value: number): string => `${value > 0 ? '+' : ''}${(value * 100).toFixed(1)}`;
  const range = `${points(apart.low)} to ${points(apart.high)}`;
  return h(
    'tr',
    { class: odd ? 'dcw-odd' : '' },
    h('th', { scope: 'row', title: label }, name),
    shareCell(a, most, 'a'),
    shareCell(b, most, 'b'),
    h(
      'td',
      { class: 'dcw-apart', title: `interval ${range} points` },
      `${odd ? (apart.share > 0 ? '▲ ' : '▼ ') : ''}${points(apart.share)}`
    )
  );
}

function shareCell(share: number, most: number, side: string): HTMLElement {
  const bar = h('span', { class: `dcw-share-bar dcw-side-${side}` });
  bar.style.transform = `scaleX(${share / most})`;
  return h('td', {}, h('span', { class: 'dcw-share' }, bar, h('span', {}, percent(share))));
}
