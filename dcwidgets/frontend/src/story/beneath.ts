import { h } from '../shared/dom';

interface View {
  el: HTMLElement;
  remove(): void;
}

/** As much of the widget manager as shows one widget in another. */
export interface Manager {
  get_model(id: string): Promise<unknown>;
  create_view(model: unknown): Promise<View>;
}

/** Shows the widget behind a row, or what kept it from opening. */
export class Beneath {
  readonly el = h('div', { class: 'dcw-ls-beneath' });
  private view: View | null = null;
  private wanted: string | null = null;

  constructor(private readonly manager: Manager) {}

  async show(reference: string | null, problem: string): Promise<void> {
    if (reference === this.wanted && !problem) {
      return;
    }
    this.close();
    this.wanted = reference;
    if (problem) {
      this.el.append(h('p', { class: 'dcw-ls-problem', role: 'alert' }, problem));
    } else if (reference) {
      const model = await this.manager.get_model(reference.replace('IPY_MODEL_', ''));
      const view = await this.manager.create_view(model);
      if (this.wanted !== reference) {
        view.remove(); // another row was chosen meanwhile
        return;
      }
      this.view = view;
      this.el.append(view.el);
    }
  }

  close(): void {
    this.view?.remove();
    this.view = null;
    this.wanted = null;
    this.el.replaceChildren();
  }
}
