import { h } from '../shared/dom';

export interface Tab {
  name: string;
  node: HTMLElement;
  /** Called whenever the tab comes into view. */
  appear: () => void;
}

/** Tabs as WAI-ARIA has them: one stop for Tab, arrows choose. */
export class Tabs {
  readonly bar = h('div', { class: 'dcw-tabs', role: 'tablist', 'aria-label': 'Views' });
  readonly body = h('div', { class: 'dcw-body' });
  private readonly buttons: HTMLButtonElement[];
  private readonly prefix = `dcw-${Math.random().toString(36).slice(2, 8)}`;

  constructor(private readonly tabs: Tab[]) {
    this.buttons = tabs.map((tab, index) => this.button(tab, index));
    this.bar.append(...this.buttons);
    tabs.forEach(({ node }, index) => {
      node.setAttribute('role', 'tabpanel');
      node.setAttribute('aria-labelledby', `${this.prefix}-${index}`);
      node.id = `${this.prefix}-panel-${index}`;
      this.body.append(node);
    });
    this.choose(0);
  }

  choose(index: number, focus = false): void {
    this.tabs.forEach(({ node }, other) => (node.hidden = other !== index));
    this.buttons.forEach((button, other) => {
      button.setAttribute('aria-selected', String(other === index));
      button.tabIndex = other === index ? 0 : -1;
    });
    if (focus) {
      this.buttons[index]!.focus();
    }
    this.tabs[index]!.appear();
  }

  /** Write a number beside a tab's name; empty for none. */
  note(index: number, text: string): void {
    const note = this.buttons[index]!.querySelector('.dcw-tab-note')!;
    if (note.textContent !== text) {
      note.textContent = text;
    }
  }

  private button({ name }: Tab, index: number): HTMLButtonElement {
    const node = h(
      'button',
      {
        ...{ type: 'button', role: 'tab', class: 'dcw-tab', id: `${this.prefix}-${index}` },
        'aria-controls': `${this.prefix}-panel-${index}`,
      },
      name,
      h('span', { class: 'dcw-tab-note' })
    );
    node.addEventListener('click', () => this.choose(index));
    node.addEventListener('keydown', (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (by) {
        event.preventDefault();
        this.choose((index + by + this.tabs.length) % this.tabs.length, true);
      }
    });
    return node;
  }
}
