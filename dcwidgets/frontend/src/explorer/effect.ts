import { button } from '../shared/controls';
import { enable, h } from '../shared/dom';
import type { EffectTold } from './types';

/** What the policy does to the score: a guess comes first, then what was measured. */
export class Effect {
  readonly node = h('section', { class: 'dcw-ax-effect', 'aria-label': 'Effect on the score' });
  private readonly state = h('span', { class: 'dcw-ax-facts' });
  private readonly buttons: HTMLButtonElement[];
  private readonly list = h('ol', { 'aria-live': 'polite' });
  private asked = Math.floor(Math.random() * 1e9); // views of one widget hear of each other's
  private waiting = false;

  constructor(guesses: readonly string[], reveal: (guess: string, n: number) => void) {
    const row = h('div', { class: 'dcw-ax-guesses', role: 'group', 'aria-label': 'Your guess' });
    this.buttons = guesses.map((guess) =>
      button(row, guess, () => {
        if (!this.waiting) {
          this.wait(true);
          reveal(guess, ++this.asked);
        }
      })
    );
    const question = h('h4', {}, 'What does this policy do to the score? ', this.state);
    this.node.append(question, row, this.list);
    this.node.hidden = !guesses.length;
  }

  take({ n, words, state, problem }: EffectTold): void {
    if (n !== this.asked || !this.waiting) {
      return; // asked by another view
    }
    this.state.textContent = problem || state;
    if (words) {
      this.list.append(h('li', {}, words));
    }
    if (words || problem) {
      this.wait(false);
    }
  }

  /** The question was refused. */
  refused(): void {
    this.state.textContent = '';
    this.wait(false);
  }

  private wait(waiting: boolean): void {
    this.waiting = waiting;
    for (const each of this.buttons) {
      enable(each, !waiting);
    }
  }
}
