import { h } from '../shared/dom';
import type { SafetyTold } from './types';

/** Whether classes keep their label under the policy, as a trained model sees it. */
export class Safety {
  readonly node = h('section', { class: 'dcw-ax-safety', 'aria-label': 'Label safety' });
  private readonly list = h('ul', { 'aria-live': 'polite' });
  private readonly state = h('span', { class: 'dcw-ax-facts' });
  private asked = 0;
  private known = false;

  constructor(shown: boolean) {
    this.node.append(h('h4', {}, 'Do labels survive? ', this.state), this.list);
    this.node.hidden = !shown;
  }

  get wanted(): boolean {
    return !this.node.hidden && !this.known;
  }

  /** The policy changed. */
  stale(): void {
    if (this.known) {
      this.known = false;
      this.state.textContent = 'of another policy';
    }
  }

  /** Number the next question; the answer gives the number back. */
  ask(): number {
    this.known = true;
    this.state.textContent = 'being computed …';
    return ++this.asked;
  }

  take({ n, rows, problem }: SafetyTold): void {
    if (n === this.asked && this.known) {
      this.state.textContent = problem;
      const lines = rows.map(({ label, words }) =>
        h('li', {}, h('strong', {}, label), `: ${words}`)
      );
      this.list.replaceChildren(...lines);
    }
  }
}
