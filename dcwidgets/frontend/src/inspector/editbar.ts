import { enable, h } from '../shared/dom';
import type { Selection } from '../grid/selection';
import type { EditOp, Session } from './session';
import { quote } from './session';

/** What an edit bar works on. */
export interface EditTarget {
  rows: () => Selection;
  /** Python that names the same pictures, such as `inspector.selection`. */
  python: () => string;
  /** Stands in the recipe where the reader gives no other reason. */
  reason: () => string;
}

/** Drop, move or relabel pictures: one step of the recipe each. */
export class EditBar {
  readonly node: HTMLElement;
  private readonly reason = h('input', {
    ...{ type: 'text', class: 'dcw-reason', maxlength: 400, placeholder: 'Reason (optional)' },
    'aria-label': 'Reason for the edit, kept in the recipe',
  });
  private readonly drop: HTMLButtonElement;
  private readonly move: HTMLSelectElement;
  private readonly relabel: HTMLSelectElement;

  constructor(
    private readonly session: Session,
    private readonly target: EditTarget
  ) {
    this.drop = h('button', { type: 'button', class: 'dcw-button' }, 'Drop');
    this.drop.title = 'Leave these pictures out (Del)';
    this.drop.addEventListener('click', () => this.edit('drop'));
    this.move = h('select', { 'aria-label': 'Move to another split' });
    this.relabel = h('select', { 'aria-label': 'Give another label' });
    this.move.addEventListener('change', () => this.chosen(this.move, 'move'));
    this.relabel.addEventListener('change', () => this.chosen(this.relabel, 'relabel'));
    this.node = h(
      'div',
      { class: 'dcw-edits', role: 'group', 'aria-label': 'Edit these pictures' },
      this.drop,
      this.move,
      this.relabel,
      this.reason
    );
    this.update();
  }

  update(): void {
    const none = this.target.rows().count === 0;
    fill(this.move, 'Move to …', [...this.session.edits.splits, NEW_SPLIT]);
    fill(this.relabel, 'Relabel as …', this.session.classes);
    [this.drop, this.move, this.relabel].forEach((control) => enable(control, !none));
  }

  dropNow(): void {
    this.edit('drop');
  }

  private chosen(select: HTMLSelectElement, op: EditOp): void {
    const { value } = select;
    select.selectedIndex = 0;
    if (op === 'move' && value === NEW_SPLIT) {
      this.askName();
    } else if (value) {
      this.edit(op, value);
    }
  }

  /** Put a text field in the place of the list until the new split has its name. */
  private askName(): void {
    const input = h('input', {
      ...{ type: 'text', maxlength: 60, placeholder: 'Name, then Enter' },
      'aria-label': 'Name of the new split',
    });
    const close = (): void => input.replaceWith(this.move);
    input.addEventListener('blur', close);
    input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && input.value.trim()) {
        this.edit('move', input.value.trim());
      }
      if (event.key === 'Enter' || event.key === 'Escape') {
        event.stopPropagation();
        this.move.focus();
        input.blur();
        this.move.focus();
      }
    });
    this.move.replaceWith(input);
    input.focus();
  }

  private edit(op: EditOp, value = ''): void {
    if (!this.target.rows().count) {
      return; // a focused control can be off and still hear
    }
    const reason = this.reason.value.trim() || this.target.reason();
    const given = [
      this.target.python(),
      ...(value ? [quote(value)] : []),
      ...(reason ? [`reason=${quote(reason)}`] : []),
    ];
    this.session.tellCode(`inspector.recipe.${op}(${given.join(', ')})`);
    void this.session.edit(op, this.target.rows(), reason, value);
    this.reason.value = '';
  }
}

const NEW_SPLIT = 'new split …';

function fill(select: HTMLSelectElement, title: string, values: string[]): void {
  const told = JSON.stringify(values);
  if (select.dataset['values'] !== told) {
    select.dataset['values'] = told;
    const options = values.map((value) => h('option', { value }, value));
    select.replaceChildren(h('option', { value: '' }, title), ...options);
  }
}
