import { atRest, count, h, perFrame } from '../shared/dom';
import { chips } from './chips';
import type { Closer } from './closer';
import { EditBar } from './editbar';
import { ThumbGrid } from '../grid/grid';
import { rowMark } from './marks';
import { reasons } from './reasons';
import type { Session } from './session';
import { EDIT } from './session';
import { Sidebar } from './sidebar';
import { orderBy } from './sorting';
import type { Column } from './table';
import { valueText } from './table';
import type { Thumbs } from '../shared/thumbs';

const SIZES = { min: 48, max: 192, step: 8, value: 96 };
/** Explaining looks at every row; it waits until a selection has come to rest. */
const REST = 120;
/** Fewer pictures than this are described one by one: they have no shares to speak of. */
const FEWEST = 4;

/** The first tab: filters beside a grid of all pictures that pass them. */
export class Browse {
  readonly node: HTMLElement;
  private readonly grid: ThumbGrid;
  private readonly bar: EditBar;
  private readonly chosen = h('strong', { role: 'status' });
  private readonly why = h('ol', {
    class: 'dcw-why',
    'aria-label': 'What sets the selection apart',
  });
  private readonly explainLater: () => void;

  constructor(
    private readonly session: Session,
    thumbs: Thumbs,
    closer: Closer,
    signal: AbortSignal
  ) {
    const { filter, selection } = session;
    this.explainLater = atRest(() => this.explain(), REST, signal);
    const step = (by: number): void => {
      this.grid.goTo(this.grid.current + by, false);
      const row = filter.visible[this.grid.current];
      if (row !== undefined) {
        closer.open(row, step);
      }
    };
    this.grid = new ThumbGrid(
      {
        label: 'Pictures',
        keys: () => filter.visible,
        rowOf: (row) => row,
        mark: (row) => rowMark(session, row),
        focused: () => undefined,
        opened: (row) => closer.open(row, step),
      },
      selection,
      thumbs,
      signal
    );
    this.grid.explainEmpty('No picture passes all filters. Take one away above.');
    this.bar = new EditBar(session, {
      rows: () => selection,
      python: () => 'inspector.selection',
      reason: () => '',
    });
    const chosen = h('div', { class: 'dcw-chosen' }, this.chosen, this.why);
    this.node = h(
      'div',
      { class: 'dcw-browse' },
      new Sidebar(session).node,
      h(
        'div',
        { class: 'dcw-main' },
        h('div', { class: 'dcw-toolbar' }, chips(session), this.sorter(), this.sizer()),
        this.grid.node,
        h('div', { class: 'dcw-selection' }, chosen, this.bar.node)
      )
    );
    this.grid.node.addEventListener('keydown', (event) => this.key(event));
    session.filtered.add(() => this.grid.rewind());
    session.edited.add(this.grid.refresh);
    const update = perFrame(() => this.update());
    [session.filtered, session.edited, selection.changed].forEach((listeners) =>
      listeners.add(update)
    );
    this.update();
  }

  /** The tab came into view, or thumbnails arrived. */
  appear(): void {
    this.grid.refresh();
  }

  private key(event: KeyboardEvent): void {
    if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      this.bar.dropNow();
    }
  }

  private update(): void {
    this.chosen.textContent = this.chosenWords();
    this.bar.update();
    this.explainLater();
  }

  private chosenWords(): string {
    const { selection, filter } = this.session;
    const n = selection.count;
    if (!n) {
      return 'Nothing selected';
    }
    const inView = filter.visible.reduce((sum, row) => sum + (selection.has(row) ? 1 : 0), 0);
    const hidden = n - inView ? ` (${count(n - inView)} outside the filter)` : '';
    return `${count(n)} selected${hidden}`;
  }

  private explain(): void {
    const { selection, filter, content } = this.session;
    const selected = selection.keys();
    if (!selected.length) {
      const help = 'Click, Shift+click, Ctrl+click or drag; Ctrl+A takes all in the filter.';
      this.why.replaceChildren(h('li', { class: 'dcw-soft' }, help));
      return;
    }
    const others = this.others();
    const columns = content.columns.filter(
      ({ name }) => name !== EDIT && !filter.filters.has(name)
    );
    if (selected.length < FEWEST) {
      this.why.replaceChildren(
        ...Array.from(selected, (row) => h('li', {}, rowWords(columns, row)))
      );
      return;
    }
    const found = reasons(columns, selected, others);
    const texts = found.length
      ? found.map(({ text }) => text)
      : [
          others.length
            ? 'Nothing sets them apart from the others beyond chance.'
            : 'These are all pictures.',
        ];
    this.why.replaceChildren(...texts.map((text) => h('li', { title: text }, text)));
  }

  /** Compare with what passes the filters, unless all of that is selected. */
  private others(): Uint32Array {
    const { selection, filter } = this.session;
    const within = filter.visible.filter((row) => !selection.has(row));
    if (within.length) {
      return within;
    }
    return Uint32Array.from({ length: filter.n }, (_, row) => row).filter(
      (row) => !selection.has(row)
    );
  }

  private sorter(): HTMLElement {
    const names = this.session.content.columns.map(({ name }) => name);
    const select = h(
      'select',
      { 'aria-label': 'Sort by' },
      h('option', { value: '' }, 'Sort: table order'),
      ...names.flatMap((name) => [
        h('option', { value: `+${name}` }, `${name} ↑`),
        h('option', { value: `-${name}` }, `${name} ↓`),
      ])
    );
    select.addEventListener('change', () => {
      const column = this.session.column(select.value.slice(1));
      this.session.filter.sort(column ? orderBy(column, select.value.startsWith('-')) : null);
      this.grid.rewind();
    });
    return h('div', { class: 'dcw-sort' }, select);
  }

  private sizer(): HTMLElement {
    const slider = h('input', {
      type: 'range',
      title: 'Size of the pictures',
      'aria-label': 'Size of the pictures',
      ...SIZES,
    });
    slider.addEventListener('input', () => this.grid.resize(slider.valueAsNumber));
    return h('div', { class: 'dcw-size' }, slider);
  }
}

/** Say what the table knows of one picture. */
function rowWords(columns: Column[], row: number): string {
  const words = columns.flatMap(({ name, kind, labels, codes, values }) => {
    const value = kind === 'category' ? labels[codes[row]! - 1] : valueText(values[row]!, kind);
    return value === undefined || value === 'NaN' ? [] : [`${name} ${value}`];
  });
  return words.slice(0, 8).join(' · ');
}
