import { h } from '../shared/dom';
import { comparisonCard } from './cards';
import { compareSplits } from './comparison';
import type { Session } from './session';
import { EDIT } from './session';

/** Two splits side by side, column by column; what differs most stands first. */
export class SplitComparison {
  readonly node: HTMLElement;
  private readonly a: HTMLSelectElement;
  private readonly b: HTMLSelectElement;
  private readonly summary = h('p', { role: 'status' });
  private readonly clear = h('div', { class: 'dcw-cards' });
  private readonly same = h('div', { class: 'dcw-cards' });
  private readonly restTitle = h('summary', {});
  private readonly rest = h('details', { class: 'dcw-rest' }, this.restTitle, this.same);

  constructor(
    private readonly session: Session,
    private readonly leave: () => void
  ) {
    const names = session.column('split')?.labels ?? [];
    this.a = this.picker('First split', names, 0);
    this.b = this.picker('Second split', names, 1);
    const line = h('div', { class: 'dcw-toolbar' }, 'Compare ', this.a, ' with ', this.b);
    const parts = [line, this.summary, this.clear, this.rest];
    this.node = h('section', { class: 'dcw-compare', 'aria-label': 'Two splits' }, ...parts);
  }

  update(): void {
    const { filter } = this.session;
    const split = this.session.column('split');
    const [a, b] = [this.a.selectedIndex, this.b.selectedIndex];
    if (!split || a < 0 || b < 0 || a === b) {
      this.clear.replaceChildren();
      this.rest.hidden = true;
      this.summary.textContent = 'Choose two different splits.';
      return;
    }
    const found = [...filter.columns.values()]
      .filter(({ name }) => name !== 'split' && name !== EDIT)
      .map((column) => compareSplits(filter, split, column, a + 1, b + 1))
      .filter((comparison) => comparison !== null)
      .sort((x, y) => y.strength - x.strength);
    const odd = found.filter(({ strength }) => strength > 0).length;
    const cards = found.map((comparison) =>
      comparisonCard(comparison, [this.a.value, this.b.value], (codes) => {
        this.session.setFilter(comparison.column.name, { codes });
        this.leave();
      })
    );
    const verb = odd === 1 ? 'differs' : 'differ';
    this.summary.textContent = `${odd || 'None'} of ${found.length} columns ${verb} by more than chance explains.`;
    this.clear.replaceChildren(...cards.slice(0, odd));
    this.same.replaceChildren(...cards.slice(odd));
    this.rest.hidden = odd === found.length;
    const names = found.slice(odd).map(({ column }) => column.name);
    this.restTitle.textContent = `Within chance: ${names.join(', ')}`;
  }

  private picker(label: string, names: string[], index: number): HTMLSelectElement {
    const options = names.map((name) => h('option', {}, name));
    const select = h('select', { 'aria-label': label }, ...options);
    select.selectedIndex = Math.min(index, names.length - 1);
    select.addEventListener('change', () => this.update());
    return select;
  }
}
