import { h, perFrame } from '../shared/dom';
import { Balance } from './balance';
import type { Chart } from './charts';
import { chartOf } from './charts';
import type { Session } from './session';
import { EDIT } from './session';

/** Charts shown before the reader asks for more. */
const FIRST = 9;

/** Splits, classes and the linked histograms: everything that filters. */
export class Sidebar {
  readonly node: HTMLElement;
  private readonly charts = new Map<string, Chart>();
  private readonly list = h('div', { class: 'dcw-charts' });
  private readonly more = h('select', { 'aria-label': 'Show another column' });
  private readonly balance: Balance | null;

  constructor(private readonly session: Session) {
    const split = session.column('split');
    const label = session.column('label');
    this.balance = split && label ? new Balance(session.filter, split, label) : null;
    const heading = h(
      'h4',
      {
        title:
          'Share of each class per split with its 95 % interval; the tick is its share in the other splits',
      },
      'Class balance by split'
    );
    const balance = h('section', { class: 'dcw-chart' }, h('header', {}, heading));
    if (this.balance) {
      balance.append(this.balance.node);
    }
    this.node = h('aside', { class: 'dcw-sidebar', 'aria-label': 'Filters' }, this.list, this.more);
    session.content.columns.slice(0, FIRST).forEach(({ name }) => this.add(name));
    this.list.firstElementChild?.after(balance);
    this.more.addEventListener('change', () => {
      this.add(this.more.value);
      this.fillMore();
      this.update();
    });
    this.fillMore();
    const update = perFrame(() => this.update());
    session.filtered.add(update);
    session.edited.add(update);
    this.update();
  }

  private add(name: string): void {
    const column = this.session.column(name);
    if (column && !this.charts.has(name)) {
      const chart = chartOf(column, (filter) => this.session.setFilter(name, filter));
      this.charts.set(name, chart);
      this.list.append(chart.node);
    }
  }

  private fillMore(): void {
    const names = this.session.content.columns
      .map(({ name }) => name)
      .filter((name) => !this.charts.has(name));
    this.more.hidden = !names.length;
    const first = h('option', { value: '' }, `${names.length} more columns …`);
    this.more.replaceChildren(first, ...names.map((name) => h('option', { value: name }, name)));
  }

  private update(): void {
    const { filter } = this.session;
    this.followEdits();
    filter.filters.forEach((_, name) => this.add(name)); // one that code asked for
    this.charts.forEach((chart, name) => {
      const counts = filter.counts.get(name);
      const totals = filter.totals.get(name);
      if (counts && totals) {
        chart.update(counts, totals, filter.filters.get(name) ?? null);
      }
    });
    this.balance?.update();
  }

  private followEdits(): void {
    const there = this.session.column(EDIT) !== undefined;
    if (there && !this.charts.has(EDIT)) {
      this.add(EDIT);
      this.list.prepend(this.charts.get(EDIT)!.node); // what was just done is looked for first
    } else if (!there && this.charts.has(EDIT)) {
      this.charts.get(EDIT)!.node.remove();
      this.charts.delete(EDIT);
    }
  }
}
