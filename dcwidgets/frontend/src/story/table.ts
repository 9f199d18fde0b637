import { count, h } from '../shared/dom';
import type { Row } from './rows';

type Cells = [heading: string, value: (row: Row) => string | number | null][];

const CELLS: Cells = [
  ['name', (row) => row.name],
  ['accuracy', (row) => row.mean.toFixed(3)],
  ['spread', (row) => row.spread?.toFixed(3) ?? null],
  ['worst slice', (row) => row.worst_slice?.toFixed(3) ?? null],
  ['images', (row) => row.images],
  ['seconds', (row) => row.seconds?.toFixed(1) ?? null],
  ['data', (row) => row.data],
  ['version', (row) => row.version],
  ['edits', (row) => row.edits],
];

/** All rows as a plain table, folded, with a file to take along. */
export function asTable(rows: readonly Row[]): HTMLElement {
  const heads = CELLS.map(([heading]) => h('th', { scope: 'col' }, heading));
  const lines = rows.map((row) => h('tr', {}, ...CELLS.map(([, value]) => cell(value(row)))));
  const file = `data:text/csv;charset=utf-8,${encodeURIComponent(csv(rows))}`;
  return h(
    'details',
    { class: 'dcw-ls-table' },
    h('summary', {}, 'Table'),
    h(
      'div',
      { class: 'dcw-ls-scroll', tabindex: 0, role: 'group', 'aria-label': 'All rows' },
      h('table', {}, h('thead', {}, h('tr', {}, ...heads)), h('tbody', {}, ...lines))
    ),
    h('a', { class: 'dcw-button', href: file, download: 'ledger.csv' }, 'Save as CSV')
  );
}

export function csv(rows: readonly Row[]): string {
  const lines = rows.map((row) => CELLS.map(([, value]) => quoted(value(row))));
  return [CELLS.map(([heading]) => heading), ...lines].map((line) => line.join(',')).join('\r\n');
}

function cell(value: string | number | null): HTMLElement {
  return h('td', {}, typeof value === 'number' ? count(value) : (value ?? '–'));
}

/** A spreadsheet would run text that begins like a formula. */
function quoted(value: string | number | null): string {
  const text = String(value ?? '').replace(/^([=+@-])(?![\d.]+$)/, "'$1");
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}
