import type { Render } from '@anywidget/types';

import '../shared/base.css';
import '../story/story.css';
import { count, h, mount, ownKeys } from '../shared/dom';
import { Beneath } from '../story/beneath';
import { details } from '../story/details';
import type { Row } from '../story/rows';
import { span, spoken, ticks } from '../story/rows';
import { asTable } from '../story/table';
import { scale, track } from '../story/track';

interface State {
  _rows: Row[];
  _selected: number;
  _opens: boolean;
  _inspector: string | null;
  _problem: string;
}

const render: Render<State> = ({ model, el, signal }) => {
  const root = h('div', { class: 'dcw-root', role: 'region', 'aria-label': 'Story of the ledger' });
  ownKeys(root); // arrows and Enter
  const rows = model.get('_rows');
  const chosen = (): number => model.get('_selected');
  const lines = rows.map((row, position) => line(row, rows[position - 1], rows));
  const list = h(
    'ul',
    { class: 'dcw-ls-rows', role: 'listbox', 'aria-label': 'Rows, oldest first' },
    ...lines
  );
  const side = h('section', { class: 'dcw-ls-details', 'aria-label': 'Behind the row' });
  let shown = chosen() < 0 ? rows.length - 1 : chosen();

  const show = (position: number): void => {
    shown = position;
    lines.forEach((each, at) => {
      each.tabIndex = at === shown ? 0 : -1; // one stop for the Tab key
      each.toggleAttribute('data-shown', at === shown);
      each.setAttribute('aria-selected', String(at === chosen()));
    });
    side.replaceChildren(
      ...details(rows[shown]!, rows[shown - 1], rows[chosen()], model.get('_opens'))
    );
  };
  const choose = (position: number): void => {
    model.set('_selected', position === chosen() ? -1 : position);
    model.save_changes();
    show(position);
  };
  lines.forEach((each, position) => {
    each.addEventListener('pointerenter', () => show(position));
    each.addEventListener('focus', () => show(position));
    each.addEventListener('click', () => choose(position));
  });
  list.addEventListener('keydown', (event) => {
    const to = target(event.key, shown, rows.length);
    if (to !== null) {
      lines[to]!.focus();
    } else if (event.key === 'Enter' || event.key === ' ') {
      choose(shown);
    } else {
      return;
    }
    event.preventDefault();
  });
  const told = (): void => show(chosen() < 0 ? shown : chosen());
  model.on('change:_selected', told);
  const beneath = new Beneath(model.widget_manager as never);
  const opened = (): void => {
    void beneath.show(model.get('_inspector'), model.get('_problem'));
  };
  model.on('change:_inspector change:_problem', opened);
  signal.addEventListener('abort', () => {
    model.off('change:_selected', told);
    model.off('change:_inspector change:_problem', opened);
    beneath.close();
  });

  const foot = h('div', { class: 'dcw-ls-foot' }, scale(span(rows), ticks(span(rows))));
  root.append(
    h('div', { class: 'dcw-story' }, legend(), h('div', {}, list, foot), side, asTable(rows))
  );
  // Beside it: what is shown beneath keeps its own keys.
  mount(el, signal, root, beneath.el);
  show(shown);
  opened();
};

function line(row: Row, before: Row | undefined, rows: Row[]): HTMLLIElement {
  const images = row.images === null ? '' : `${count(row.images)} images · `;
  const attributes = { class: 'dcw-ls-row', role: 'option', 'aria-label': spoken(row, before) };
  const name = h('span', {}, h('strong', {}, row.name), h('small', {}, images + row.version));
  return h('li', attributes, name, track(row, span(rows), ticks(span(rows))));
}

function legend(): HTMLElement {
  return h(
    'p',
    { class: 'dcw-ls-legend' },
    h('span', {}, 'accuracy on trusted images, bar: spread over seeds'),
    h('span', { class: 'dcw-ls-of-worst' }, 'worst slice')
  );
}

function target(key: string, from: number, n: number): number | null {
  const steps: Record<string, number> = {
    ArrowDown: from + 1,
    ArrowUp: from - 1,
    Home: 0,
    End: n - 1,
  };
  const to = steps[key];
  return to === undefined ? null : Math.min(Math.max(to, 0), n - 1);
}

export default { render };
