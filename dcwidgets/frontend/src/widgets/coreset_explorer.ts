import type { AnyModel } from '@anywidget/types';

import '../shared/base.css';
import '../grid/grid.css';
import '../coreset/coreset.css';
import { lookedAt } from '../coreset/looked_at';
import { CoresetMap } from '../coreset/map';
import type { Settings, Traits } from '../coreset/panels';
import { budgetPanel, classesPanel, comparePanel, costPanel, words } from '../coreset/panels';
import { picturesPanel } from '../coreset/pictures';
import type { Content } from '../coreset/state';
import { State } from '../coreset/state';
import { linkSelection } from '../grid/linked';
import { Selection } from '../grid/selection';
import { bytesOf } from '../shared/bytes';
import { h, perFrame } from '../shared/dom';
import type { Reply } from '../shared/requests';
import { Thumbs } from '../shared/thumbs';
import { opened, type View } from '../shared/view';

type Opened = Reply & Omit<Content, 'points' | 'labels'>;

function build(
  { model, root, call, say, signal }: View<Traits>,
  told: Opened,
  buffers: DataView[]
): void {
  const complain = (message: string): void => void (say.textContent = message);
  const points = new Float32Array(bytesOf(buffers[0]));
  const labels = new Uint16Array(bytesOf(buffers[1]));
  const state = new State({ ...told, points, labels }, call, complain);
  const selection = new Selection(told.n);
  selection.choose(new Uint32Array(bytesOf(buffers[2])));
  linkSelection(model, call, selection, complain, signal);
  const thumbs = new Thumbs(call, complain);
  signal.addEventListener('abort', () => thumbs.forget());

  const settings: Settings = {
    get: (name) => model.get(name),
    set: (name, value) => {
      model.set(name, value);
      model.save_changes();
    },
  };
  const panels = [budgetPanel, classesPanel, costPanel, comparePanel].map((make) =>
    make(state, settings)
  );
  const update = perFrame(() => panels.forEach((panel) => panel.update()));
  state.changed.add(update);
  const choose = (): void =>
    state.choose({ method: model.get('method'), size: model.get('_size') });
  follow(model, ['method', '_size'], choose, signal);
  follow(model, ['train_seconds', 'prepare_seconds'], update, signal);

  const map = new CoresetMap(state, selection, thumbs, signal);
  const [budget, classes, costs, compare] = panels.map(({ node }) => node);
  const main = h(
    'div',
    { class: 'dcw-cx-main' },
    map.node,
    legend(state),
    picturesPanel(state, selection, thumbs, signal)
  );
  const side = h(
    'div',
    { class: 'dcw-cx-side' },
    budget!,
    lookedAt(state, thumbs),
    classes!,
    costs!
  );
  root.replaceChildren(h('div', { class: 'dcw-cx' }, side, main, compare!), say);
  choose();
}

function follow(
  model: AnyModel<Traits>,
  names: (keyof Traits)[],
  act: () => void,
  signal: AbortSignal
): void {
  names.forEach((name) => {
    model.on(`change:${name}`, act);
    signal.addEventListener('abort', () => model.off(`change:${name}`, act));
  });
}

/** What a mark means: shape is the class, size and colour say whether it is kept. */
function legend(state: State): HTMLElement {
  const shown = h('span', {});
  const update = (): void => {
    shown.textContent = state.choice ? `kept by ${words(state.choice.method)}` : 'kept';
  };
  state.changed.add(update);
  update();
  return h(
    'p',
    { class: 'dcw-cx-legend' },
    h('span', {}, h('span', { class: 'dcw-cx-kept' }, '● '), 'large: ', shown),
    h('span', {}, 'small: dropped'),
    h('span', {}, 'in the colour of the text, or ringed: selected'),
    h(
      'span',
      { class: 'dcw-cx-soft' },
      'A class has its shape. The wheel magnifies once the map has the focus.'
    )
  );
}

const render = opened(
  {
    name: 'Coreset explorer',
    opening: 'Opening the map …',
    late: 'The kernel is still at work, with this or with other cells. Was it restarted, run this cell again.',
  },
  build
);

export default { render };
