import { count, h } from '../shared/dom';
import type { Session } from './session';
import { EDIT } from './session';
import { expectedCell, zFor } from './stats';
import type { Column } from './table';

/** Slices against classes or splits: how many were seen, and how many were to be expected. */
export class SliceTable {
  readonly node: HTMLElement;
  private readonly rows: HTMLSelectElement;
  private readonly columns: HTMLSelectElement;
  private readonly table = h('table', { class: 'dcw-slices' });
  private readonly summary = h('p', { role: 'status' });

  constructor(
    private readonly session: Session,
    private readonly leave: () => void
  ) {
    const names = session.content.columns.map(({ name }) => name).filter((name) => name !== EDIT);
    const slice = names.find((name) => !['split', 'label', 'finding'].includes(name));
    this.rows = this.picker('Slice by', names, slice ?? names[0]);
    this.columns = this.picker('Against', names, 'label');
    const line = h(
      'div',
      { class: 'dcw-toolbar' },
      'Slice by ',
      this.rows,
      ' against ',
      this.columns
    );
    const scroll = h('div', { class: 'dcw-slices-box' }, this.table);
    this.node = h('section', { 'aria-label': 'Slices' }, line, this.summary, scroll);
  }

  update(): void {
    const rows = this.session.column(this.rows.value);
    const columns = this.session.column(this.columns.value);
    if (!rows || !columns || rows === columns) {
      this.summary.textContent = 'Choose two different columns.';
      this.table.replaceChildren();
      return;
    }
    const seen = crossCount(this.session, rows, columns);
    const odd = this.fill(rows, columns, seen);
    this.summary.textContent =
      'Pictures seen, and the range to expect if the two columns had nothing to do with each other. ' +
      (odd ? `${odd} cells lie outside of it.` : 'No cell lies outside of it.');
  }

  private picker(label: string, names: string[], first: string | undefined): HTMLSelectElement {
    const options = names.map((name) => h('option', { selected: name === first }, name));
    const select = h('select', { 'aria-label': label }, ...options);
    select.addEventListener('change', () => this.update());
    return select;
  }

  private fill(rows: Column, columns: Column, seen: number[][]): number {
    const byRow = seen.map((line) => line.reduce((a, b) => a + b, 0));
    const byColumn = columns.buckets.map((_, c) => seen.reduce((sum, line) => sum + line[c]!, 0));
    const total = byRow.reduce((a, b) => a + b, 0);
    const z = zFor(rows.buckets.length * columns.buckets.length);
    let odd = 0;
    const body = rows.buckets.map((bucket, r) => {
      const cells = columns.buckets.map((_, c) => {
        const expected = expectedCell(byRow[r]!, byColumn[c]!, total, z);
        const cell = this.cell(rows, columns, r, c, seen[r]![c]!, expected);
        odd += cell.classList.contains('dcw-odd') ? 1 : 0;
        return cell;
      });
      return h('tr', {}, h('th', { scope: 'row' }, bucket.label), ...cells);
    });
    const heads = columns.buckets.map(({ label }) => h('th', { scope: 'col' }, label));
    const corner = h('th', { scope: 'col' }, `${rows.name} \\ ${columns.name}`);
    this.table.replaceChildren(
      h('thead', {}, h('tr', {}, corner, ...heads)),
      h('tbody', {}, ...body)
    );
    return odd;
  }

  private cell(
    rows: Column,
    columns: Column,
    r: number,
    c: number,
    n: number,
    { low, high }: { low: number; high: number }
  ): HTMLElement {
    const odd = n < Math.floor(low) || n > Math.ceil(high);
    const sign = odd ? (n > high ? '▲ ' : '▼ ') : '';
    const range = `${count(Math.floor(low))}–${count(Math.ceil(high))}`;
    const label = `${rows.buckets[r]!.label}, ${columns.buckets[c]!.label}: ${count(n)} seen, ${range} expected`;
    const node = h(
      'button',
      {
        type: 'button',
        class: 'dcw-cell',
        title: `${label}. Click to see them.`,
        'aria-label': label,
      },
      h('strong', {}, `${sign}${count(n)}`),
      h('span', { class: 'dcw-soft' }, range)
    );
    node.addEventListener('click', () => {
      this.choose(rows, r);
      this.choose(columns, c);
      this.leave();
    });
    return h('td', { class: odd ? 'dcw-odd' : '' }, node);
  }

  private choose(column: Column, index: number): void {
    const bucket = column.buckets[index]!;
    const { edges, whole } = column;
    if (column.kind === 'category') {
      this.session.setFilter(column.name, { codes: bucket.codes });
    } else if (bucket.kind === 'missing') {
      this.session.setFilter(column.name, { missing: true });
    } else {
      const last = edges.length - 2;
      const low = whole ? Math.ceil(edges[index]!) : edges[index]!;
      const high = whole ? Math.floor(edges[index + 1]!) : edges[index + 1]!;
      this.session.setFilter(column.name, {
        range: [index === 0 ? null : low, index === last ? null : high],
      });
    }
  }
}

/** Count the rows that pass the filters. */
function crossCount(session: Session, rows: Column, columns: Column): number[][] {
  const seen = rows.buckets.map(() => columns.buckets.map(() => 0));
  const { visible } = session.filter;
  for (let i = 0; i < visible.length; i++) {
    const row = visible[i]!;
    seen[rows.bucketOf[row]!]![columns.bucketOf[row]!]!++;
  }
  return seen;
}
