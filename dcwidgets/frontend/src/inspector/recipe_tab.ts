import { count, download, h, perFrame } from '../shared/dom';
import { words } from './marks';
import { DROPPED, MOVED } from './opening';
import type { Step } from './opening';
import type { Session } from './session';
import { bytesOf } from '../shared/bytes';

const AFTER = 'better = inspector.recipe.apply(images)';

/** The last tab: the edits in words, what they do to the splits, and the way out. */
export class RecipeTab {
  readonly node: HTMLElement;
  private readonly steps = h('ol', { class: 'dcw-steps' });
  private readonly effect = h('table', { class: 'dcw-effect' });
  private readonly nothing = h(
    'p',
    { class: 'dcw-soft' },
    'No edits yet. Select pictures, or accept findings, then drop, move or relabel them.'
  );

  constructor(private readonly session: Session) {
    const save = h('button', { type: 'button', class: 'dcw-button' }, 'Save recipe (JSON)');
    save.addEventListener('click', () => void saveRecipe(session));
    const apply = h('code', { class: 'dcw-apply' }, AFTER);
    this.node = h(
      'div',
      { class: 'dcw-recipe' },
      h(
        'section',
        { 'aria-label': 'Edits' },
        h('h4', {}, 'Edits, in their order'),
        this.nothing,
        this.steps,
        save
      ),
      h(
        'section',
        { 'aria-label': 'Effect' },
        h('h4', {}, 'Pictures per split'),
        this.effect,
        h('p', { class: 'dcw-soft' }, 'The images stay as they are. Make the next set in Python: '),
        apply
      )
    );
    const update = perFrame(() => this.update());
    session.edited.add(update);
    this.update();
  }

  private update(): void {
    const { steps } = this.session.edits;
    this.nothing.hidden = steps.length > 0;
    this.steps.replaceChildren(...steps.map((step) => h('li', {}, ...stepWords(step))));
    this.effect.replaceChildren(effectHead(), h('tbody', {}, ...this.effectRows()));
  }

  private effectRows(): HTMLElement[] {
    const { edits } = this.session;
    const split = this.session.column('split');
    if (!split) {
      return [];
    }
    const before = new Map<string, number>(edits.splits.map((name) => [name, 0]));
    split.codes.forEach((code) => {
      const name = split.labels[code - 1];
      if (name !== undefined) {
        before.set(name, (before.get(name) ?? 0) + 1);
      }
    });
    const after = new Map(before);
    const add = (name: string | undefined, by: number): void => {
      if (name !== undefined) {
        after.set(name, (after.get(name) ?? 0) + by);
      }
    };
    edits.rows.forEach((row) => {
      const from = split.labels[split.codes[row]! - 1];
      const to = edits.marks[row]! & MOVED ? edits.splits[edits.split[row]! - 1] : from;
      add(from, -1);
      add(edits.marks[row]! & DROPPED ? undefined : to, 1);
    });
    return [...after].map(([name, n]) => effectRow(name, before.get(name) ?? 0, n));
  }
}

function effectHead(): HTMLElement {
  const names = ['split', 'before', 'after', 'change'];
  return h('thead', {}, h('tr', {}, ...names.map((name) => h('th', { scope: 'col' }, name))));
}

function effectRow(name: string, before: number, after: number): HTMLElement {
  const change = after - before;
  const cells = [
    count(before),
    count(after),
    change ? `${change > 0 ? '+' : '−'}${count(Math.abs(change))}` : '·',
  ];
  return h('tr', {}, h('th', { scope: 'row' }, name), ...cells.map((text) => h('td', {}, text)));
}

function stepWords({ op, n, reason, value }: Step): (Node | string)[] {
  const to = {
    drop: '',
    move: ` to ${value}`,
    relabel: ` as ${value}`,
    add: ' to train',
    weight: ` = ${value}`,
  }[op];
  const why = reason ? [h('span', { class: 'dcw-soft' }, ` ${words(reason)}`)] : [];
  return [h('strong', {}, op), ` ${count(n)} ${n === 1 ? 'picture' : 'pictures'}${to}`, ...why];
}

/** Let the reader keep the recipe as a file. */
export async function saveRecipe(session: Session): Promise<void> {
  session.tellCode('inspector.recipe.save("recipe.json")');
  const { buffers } = await session.call('recipe');
  download('recipe.json', bytesOf(buffers[0]), 'application/json');
}

/** Let the reader keep the ids: of the selected pictures, else of those that pass the filters. */
export async function saveIds(session: Session): Promise<void> {
  session.tellCode('inspector.to_csv("ids.csv")');
  const { form, buffer } = session.idsToSave().pack();
  const { buffers } = await session.call('csv', { form }, [buffer]);
  download(`${session.content.opened.name}-ids.csv`, bytesOf(buffers[0]), 'text/csv');
}
