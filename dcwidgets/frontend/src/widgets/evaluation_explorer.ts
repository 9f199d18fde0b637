import '../shared/base.css';
import '../grid/grid.css';
import '../evaluation/evaluation.css';
import { Nearest } from '../evaluation/near';
import type { Panel } from '../evaluation/panels';
import {
  confusionPanel,
  histogramPanel,
  metricsPanel,
  rocPanel,
  slicesPanel,
} from '../evaluation/panels';
import { State } from '../evaluation/state';
import { thresholdPanel } from '../evaluation/threshold';
import { ThumbGrid } from '../grid/grid';
import { linkSelection } from '../grid/linked';
import { Selection } from '../grid/selection';
import type { Mark } from '../grid/tile';
import { decodeColumn, type Header } from '../inspector/table';
import { bytesOf } from '../shared/bytes';
import { count, enable, h, perFrame } from '../shared/dom';
import type { Reply } from '../shared/requests';
import { Thumbs } from '../shared/thumbs';
import { opened, type View } from '../shared/view';

interface Traits {
  threshold: number;
  _costs: [number, number];
}

interface Opened extends Reply {
  name: string;
  classes: string[];
  binary: boolean;
  columns: Header[];
  near: boolean;
}

function build(view: View<Traits>, told: Opened, buffers: DataView[]): void {
  const { model, root, call, say, signal } = view;
  const [truth, given] = buffers.slice(0, 2).map((buffer) => new Uint16Array(bytesOf(buffer)));
  const probability = new Float32Array(bytesOf(buffers[2]));
  const columns = told.columns.map((header, at) => decodeColumn(header, buffers[at + 4]));
  const judged = { n: truth!.length, classes: told.classes, truth: truth!, probability };
  const state = new State(judged, told.binary, columns, given!);
  const complain = (message: string): void => void (say.textContent = message);
  const selection = new Selection(judged.n);
  selection.choose(new Uint32Array(bytesOf(buffers[3])));
  const thumbs = new Thumbs(call, complain);
  signal.addEventListener('abort', () => thumbs.forget());
  const near = told.near ? new Nearest(call, complain) : null;
  const grid = new ThumbGrid(source(state, near), selection, thumbs, signal);
  grid.explainEmpty('No picture is in this part.');

  const set = <K extends keyof Traits>(name: K, value: Traits[K]): void => {
    model.set(name, value);
    model.save_changes();
  };
  const threshold = (value: number): void => {
    state.move(value);
    set('threshold', value);
  };
  const panels: Panel[] = [confusionPanel(state), metricsPanel(state)];
  if (columns.length) {
    panels.push(slicesPanel(state));
  }
  if (told.binary) {
    const change = { threshold, costs: (costs: [number, number]) => set('_costs', costs) };
    panels.push(thresholdPanel(state, () => model.get('_costs'), change));
    panels.push(histogramPanel(state), rocPanel(state));
  }
  const foot = actions(view, state, selection);
  const heading = h('h3', { class: 'dcw-ev-heading' });
  const all = h('button', { type: 'button', class: 'dcw-button' }, 'Show all');
  all.addEventListener('click', () => state.lookAtAll());
  const update = perFrame(() => {
    panels.forEach((panel) => panel.update());
    heading.textContent = title(state);
    enable(all, state.focus.cell !== null || state.focus.slice !== null);
    grid.rewind();
  });
  state.changed.add(update);
  linkSelection(model, call, selection, complain, signal);
  listen(view, state, panels);
  root.replaceChildren(
    h(
      'div',
      { class: 'dcw-ev' },
      h('aside', { class: 'dcw-ev-side' }, ...panels.map(({ node }) => node)),
      h(
        'div',
        { class: 'dcw-ev-main' },
        h('div', { class: 'dcw-ev-top' }, heading, all),
        grid.node,
        ...(near ? [near.node] : []),
        foot
      )
    ),
    say
  );
  grid.resize(112);
  if (told.binary) {
    state.move(model.get('threshold'));
  }
  update();
}

/** What the grid shows of each picture. */
function source(state: State, near: Nearest | null): ConstructorParameters<typeof ThumbGrid>[0] {
  const { classes, truth, probability } = state.judged;
  const mark = (row: number): Mark => {
    const [label, said] = [classes[truth[row]!]!, classes[state.said[row]!]!];
    const right = label === said;
    const share = state.binary ? ` ${probability[row]!.toFixed(2)}` : '';
    return {
      caption: `${label}${share}`,
      badge: right ? '' : `✕ ${said}`,
      tone: right ? '' : 'rejected',
      name: `${label}, called ${said}${share && `, probability of ${classes[1]}${share}`}`,
    };
  };
  return {
    label: 'Pictures, the most wrong first',
    keys: () => state.visible,
    rowOf: (row) => row,
    mark,
    focused: (row) => near?.ask(row),
    opened: (row) => near?.ask(row),
  };
}

function title(state: State): string {
  const { cell, slice } = state.focus;
  const { classes } = state.judged;
  const parts = [
    ...(cell ? [`${classes[cell[0]]} called ${classes[cell[1]]}`] : []),
    ...(slice ? [sliceWords(state, slice)] : []),
  ];
  const n = count(state.visible.length);
  return `${parts.join(', ') || 'All pictures'}: ${n}, the most wrong first`;
}

function sliceWords(state: State, slice: { column: number; bucket: number }): string {
  const { name, buckets } = state.columns[slice.column]!;
  return `${name} ${buckets[slice.bucket]!.label}`;
}

/** What can be done with the selected pictures; Python reads `selection` and `recipe`. */
function actions({ call, say }: View<Traits>, state: State, selection: Selection): HTMLElement {
  const words = h('span', { class: 'dcw-status', role: 'status' });
  const edit = async (fields: object): Promise<void> => {
    try {
      const { reply } = await call<Reply & { steps: number }>('edit', fields);
      words.textContent = `Edits in the recipe: ${reply.steps}.`;
    } catch (error) {
      say.textContent = error instanceof Error ? error.message : String(error);
    }
  };
  const make = (text: string, act: () => void): HTMLButtonElement => {
    const node = h('button', { type: 'button', class: 'dcw-button' }, text);
    node.addEventListener('click', act);
    return node;
  };
  const visible = make('Select shown', () => selection.choose(state.visible));
  const drop = make('Drop', () => void edit({ op: 'drop' }));
  const labels = state.judged.classes.map((label) =>
    make(`Relabel ${label}`, () => void edit({ op: 'relabel', label }))
  );
  const undo = make('Undo', () => void edit({ op: 'undo' }));
  const chosen = h('span', {});
  const update = (): void => {
    chosen.textContent = `${count(selection.count)} selected`;
    [drop, ...labels].forEach((node) => enable(node, selection.count > 0));
  };
  selection.changed.add(update);
  update();
  return h('div', { class: 'dcw-ev-foot' }, chosen, visible, drop, ...labels, undo, words);
}

/** Follow Python and other views. */
function listen({ model, signal }: View<Traits>, state: State, panels: Panel[]): void {
  const moved = (): void => {
    if (state.binary && model.get('threshold') !== state.threshold) {
      state.move(model.get('threshold'));
    }
  };
  const priced = (): void => panels.forEach((panel) => panel.update());
  model.on('change:threshold', moved);
  model.on('change:_costs', priced);
  signal.addEventListener('abort', () => {
    model.off('change:threshold', moved);
    model.off('change:_costs', priced);
  });
}

const render = opened(
  {
    name: 'Evaluation explorer',
    opening: 'Opening the evaluation …',
    late: 'The kernel is busy with other cells; this goes on after them …',
  },
  build
);

export default { render };
