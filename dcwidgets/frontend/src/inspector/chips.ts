import { count, h, perFrame } from '../shared/dom';
import type { Filter } from './filter';
import type { Session } from './session';
import type { Column } from './table';
import { rangeText } from './table';

/** One chip per filter, each removable, and how many pictures pass them all. */
export function chips(session: Session): HTMLElement {
  const list = h('ul', { class: 'dcw-chips', 'aria-label': 'Active filters' });
  const tally = h('strong', { class: 'dcw-tally', role: 'status' });
  const update = (): void => {
    const { filter, n } = session;
    const some = filter.visible.length;
    tally.textContent =
      some === n ? `${count(n)} pictures` : `${count(some)} of ${count(n)} pictures`;
    const items = [...filter.filters].map(([name, value]) => chip(session, name, value));
    if (items.length > 1) {
      const clear = h('button', { type: 'button', class: 'dcw-chip dcw-chip-clear' }, 'Clear all');
      clear.addEventListener('click', () => session.clearFilters());
      items.push(h('li', {}, clear));
    }
    list.replaceChildren(...items);
  };
  const later = perFrame(update);
  session.filtered.add(later);
  session.edited.add(later);
  update();
  return h('div', { class: 'dcw-chip-line' }, tally, list);
}

function chip(session: Session, name: string, filter: Filter): HTMLElement {
  const column = session.column(name);
  const words = column ? filterWords(column, filter) : '';
  const node = h(
    'button',
    { type: 'button', class: 'dcw-chip', 'aria-label': `Remove the filter ${name}: ${words}` },
    h('span', { class: 'dcw-soft' }, name),
    ` ${words} `,
    h('span', { 'aria-hidden': 'true' }, '×')
  );
  node.addEventListener('click', () => session.setFilter(name, null));
  return h('li', {}, node);
}

export function filterWords(column: Column, filter: Filter): string {
  if ('missing' in filter) {
    return 'missing';
  }
  if ('range' in filter) {
    const [low, high] = filter.range;
    return rangeText(low ?? -Infinity, high ?? Infinity, column.whole, column.kind);
  }
  const codes = new Set(filter.codes);
  const names = column.buckets
    .filter((bucket) => bucket.codes.length && bucket.codes.every((code) => codes.has(code)))
    .map((bucket) => bucket.label);
  return names.length ? names.join(' or ') : `${codes.size} values`;
}
