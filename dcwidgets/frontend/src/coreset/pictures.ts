import { ThumbGrid } from '../grid/grid';
import type { Selection } from '../grid/selection';
import type { Mark } from '../grid/tile';
import { count, h } from '../shared/dom';
import type { Thumbs } from '../shared/thumbs';
import type { State } from './state';

const PARTS = ['kept', 'dropped', 'selected'] as const;
type Part = (typeof PARTS)[number];

/** The pictures behind the marks: those kept, most valuable first, dropped or selected. */
export function picturesPanel(
  state: State,
  selection: Selection,
  thumbs: Thumbs,
  signal: AbortSignal
): HTMLElement {
  let part: Part = 'kept';
  let keys: Uint32Array = new Uint32Array(0);
  const mark = (row: number): Mark => {
    const label = state.content.classes[state.content.labels[row]!]!;
    const badge = part !== 'kept' && state.kept[row] ? '✓ kept' : '';
    const name = `picture ${row + 1}, ${label}, ${state.kept[row] ? 'kept' : 'dropped'}`;
    return { caption: label, badge, tone: '', name };
  };
  const grid = new ThumbGrid(
    {
      label: 'Pictures',
      keys: () => keys,
      rowOf: (row) => row,
      mark,
      focused: (row) => state.lookAt(row),
      opened: (row) => state.lookAt(row),
    },
    selection,
    thumbs,
    signal
  );
  const buttons = PARTS.map((name) => {
    const node = h('button', { type: 'button', class: 'dcw-button' });
    node.addEventListener('click', () => {
      part = name;
      update();
      grid.rewind();
    });
    return node;
  });
  const update = (): void => {
    const rows = {
      kept: state.choice?.rows ?? new Uint32Array(0),
      dropped: dropped(state),
      selected: selection.keys(),
    };
    keys = rows[part];
    grid.explainEmpty(EMPTY[part]);
    buttons.forEach((node, at) => {
      const name = PARTS[at]!;
      node.textContent = `${name} ${count(rows[name].length)}`;
      node.setAttribute('aria-pressed', String(name === part));
    });
    grid.refresh();
  };
  state.changed.add(update);
  selection.changed.add(update);
  grid.resize(72);
  update();
  const bar = h('div', { class: 'dcw-cx-parts', role: 'group', 'aria-label': 'Pictures' });
  bar.append(...buttons);
  return h('div', { class: 'dcw-cx-pictures' }, bar, grid.node);
}

const EMPTY = {
  kept: 'Nothing is kept yet.',
  dropped: 'All pictures are kept.',
  selected: 'Nothing is selected: click marks, or draw a lasso on the map.',
};

function dropped({ content, kept }: State): Uint32Array {
  const rows: number[] = [];
  for (let row = 0; row < content.n; row++) {
    if (!kept[row]) {
      rows.push(row);
    }
  }
  return Uint32Array.from(rows);
}
