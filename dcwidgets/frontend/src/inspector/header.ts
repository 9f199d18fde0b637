import { enable, h, perFrame } from '../shared/dom';
import type { Reply } from '../shared/requests';
import { saveIds, saveRecipe } from './recipe_tab';
import type { Session } from './session';
import { percent } from '../shared/stats';

/** A version hashes every row; for very large tables that takes seconds nobody asked for. */
const MOST_VERSIONED = 200_000;

const SAVE_IDS = 'Save the ids of the selected pictures, else of all that pass the filters (CSV)';

/** What this is, the tabs, undo and redo, and what can be saved. */
export function header(session: Session, tabs: HTMLElement): HTMLElement {
  const version = h('span', {
    class: 'dcw-version',
    title: 'Version: changes with ids, labels, splits or weights',
  });
  const name = h('span', { class: 'dcw-name' }, session.content.opened.name, version);
  if (session.n <= MOST_VERSIONED) {
    void tellVersion(session, version);
  }
  return h('div', { class: 'dcw-header' }, name, tabs, price(session), tools(session));
}

async function tellVersion(session: Session, node: HTMLElement): Promise<void> {
  const { reply } = await session.call<Reply & { version: string }>('version');
  node.textContent = reply.version;
}

function price(session: Session): HTMLElement {
  const node = h('span', { class: 'dcw-price', role: 'status' });
  const update = (): void => {
    const { price: pair } = session;
    node.hidden = !pair;
    node.textContent = pair
      ? `accuracy believed ${percent(pair[0])}, after the edits ${percent(pair[1])}`
      : '';
  };
  session.priced.add(update);
  update();
  return node;
}

function tools(session: Session): HTMLElement {
  const undo = tool('Undo', 'Undo (Ctrl+Z)', () => void session.undo());
  const redo = tool('Redo', 'Redo (Ctrl+Shift+Z)', () => void session.redo());
  const ids = tool('Ids ↓', SAVE_IDS, () => void saveIds(session));
  const recipe = tool('Recipe ↓', 'Save the recipe (JSON)', () => void saveRecipe(session));
  ids.setAttribute('aria-label', 'Save ids (CSV)');
  recipe.setAttribute('aria-label', 'Save recipe (JSON)');
  const update = perFrame(() => {
    enable(undo, session.edits.undo);
    enable(redo, session.edits.redo);
    enable(recipe, session.edits.steps.length > 0);
  });
  session.edited.add(update);
  update();
  return h(
    'div',
    { class: 'dcw-tools', role: 'group', 'aria-label': 'Edits and files' },
    undo,
    redo,
    ids,
    recipe
  );
}

function tool(text: string, hint: string, act: () => void): HTMLButtonElement {
  const node = h('button', { type: 'button', class: 'dcw-button', title: hint }, text);
  node.addEventListener('click', act);
  return node;
}
