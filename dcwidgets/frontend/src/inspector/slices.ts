import { count, h } from '../shared/dom';
import type { Cell } from './crosstab';
import { crossTable, oddity } from './crosstab';
import type { Session } from './session';
import { EDIT } from './session';
import type { Column } from './table';

/** Slices against classes or splits: how many were seen, and how many were to be expected. */
export class SliceTable {
  readonly node: HTMLElement;
  private readonly rows: HTMLSelectElement;
  private readonly columns: HTMLSelectElement;
  private readonly table = h('table', { class: 'dcw-slices' });
  private readonly summary = h('p', { role: 'status' });
  private chosen = false;

  constructor(
    private readonly session: Session,
    private readonly leave: () => void
  ) {
    const names = session.content.columns.map(({ name }) => name).filter((name) => name !== EDIT);
    this.rows = this.picker('Slice by', names);
    this.columns = this.picker('Against', names);
    this.columns.value = 'label';
    const line = h('div', { class: 'dcw-toolbar' });
    line.append('Slice by ', this.rows, ' against ', this.columns);
    const scroll = h('div', { class: 'dcw-slices-box' }, this.table);
    const parts = [line, this.summary, scroll];
    this.node = h('section', { class: 'dcw-compare', 'aria-label': 'Slices' }, ...parts);
  }

  update(): void {
    if (!this.chosen) {
      this.chosen = true;
      this.rows.value = this.mostTelling();
    }
    const rows = this.session.column(this.rows.value);
    const columns = this.session.column(this.columns.value);
    if (!rows || !columns || rows === columns) {
      this.summary.textContent = 'Choose two different columns.';
      this.table.replaceChildren();
      return;
    }
    const { cells, total, ...shown } = crossTable(this.session.filter, rows, columns);
    const odd = cells.filter((cell) => cell.odd).length;
    this.summary.textContent =
      `${count(total)} pictures: how many were seen, and the range to expect if ${rows.name} and ` +
      `${columns.name} had nothing to do with each other. ` +
      `${odd || 'No'} ${odd === 1 ? 'cell lies' : 'cells lie'} outside of it.`;
    const heads = shown.columns.map((c) => h('th', { scope: 'col' }, columns.buckets[c]!.label));
    const corner = h('th', { scope: 'col' }, rows.name);
    const body = shown.rows.map((r) => {
      const own = cells.filter((cell) => cell.row === r);
      const name = h('th', { scope: 'row' }, rows.buckets[r]!.label);
      return h('tr', {}, name, ...own.map((cell) => this.cell(rows, columns, cell)));
    });
    const head = h('thead', {}, h('tr', {}, corner, ...heads));
    this.table.replaceChildren(head, h('tbody', {}, ...body));
  }

  /** The column whose values go together with the label most clearly. */
  private mostTelling(): string {
    const label = this.session.column('label');
    const special = ['split', 'label', 'finding', EDIT];
    const columns = [...this.session.filter.columns.values()].filter(
      ({ name, kind }) => kind === 'category' && !special.includes(name)
    );
    const strength = new Map(
      columns.map((column) => [
        column.name,
        label ? oddity(crossTable(this.session.filter, column, label)) : 0,
      ])
    );
    const names = [...strength.keys()].sort((a, b) => strength.get(b)! - strength.get(a)!);
    return names[0] ?? this.rows.value;
  }

  private picker(label: string, names: string[]): HTMLSelectElement {
    const options = names.map((name) => h('option', { value: name }, name));
    const select = h('select', { 'aria-label': label }, ...options);
    select.addEventListener('change', () => this.update());
    return select;
  }

  private cell(rows: Column, columns: Column, cell: Cell): HTMLElement {
    const { seen, low, high, odd } = cell;
    const sign = odd ? (seen > high ? '▲ ' : '▼ ') : '';
    const range = `${count(Math.floor(low))}–${count(Math.ceil(high))}`;
    const [row, column] = [rows.buckets[cell.row]!, columns.buckets[cell.column]!];
    const label = `${row.label}, ${column.label}: ${count(seen)} seen, ${range} expected`;
    const node = h(
      'button',
      { type: 'button', class: 'dcw-cell', title: `${label}. Click to see them.` },
      h('strong', {}, `${sign}${count(seen)}`),
      h('span', { class: 'dcw-soft' }, range)
    );
    node.setAttribute('aria-label', label);
    node.addEventListener('click', () => {
      this.choose(rows, cell.row);
      this.choose(columns, cell.column);
      this.leave();
    });
    return h('td', { class: odd ? 'dcw-odd' : '' }, node);
  }

  private choose(column: Column, index: number): void {
    const { codes } = column.buckets[index]!;
    if (column.kind === 'category') {
      this.session.setFilter(column.name, { codes });
      return;
    }
    const { edges, whole } = column;
    const low = whole ? Math.ceil(edges[index]!) : edges[index]!;
    const high = whole ? Math.floor(edges[index + 1]!) : edges[index + 1]!;
    const last = edges.length - 2;
    const range: [number | null, number | null] = [
      index === 0 ? null : low,
      index === last ? null : high,
    ];
    this.session.setFilter(column.name, { range });
  }
}
