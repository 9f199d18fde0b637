import type { Render } from '@anywidget/types';

import '../shared/base.css';
import '../inspector/inspector.css';
import { Browse } from '../inspector/browse';
import { Closer } from '../inspector/closer';
import { SplitComparison } from '../inspector/compare';
import { FindingsTab } from '../inspector/findings';
import { header } from '../inspector/header';
import { RecipeTab } from '../inspector/recipe_tab';
import type { Session } from '../inspector/session';
import { openSession } from '../inspector/session';
import { SliceTable } from '../inspector/slices';
import { Tabs } from '../inspector/tabs';
import { Thumbs } from '../shared/thumbs';
import { count, h, mount, ownKeys, perFrame } from '../shared/dom';

const render: Render = async ({ model, el, signal }) => {
  const root = h('div', { class: 'dcw-root dcw-inspector', 'aria-label': 'Split inspector' });
  root.setAttribute('role', 'region');
  ownKeys(root); // A, R, U and the arrows
  const say = h('span', { class: 'dcw-status', role: 'status' }, 'Opening the table …');
  root.append(say);
  mount(el, signal, root);
  const waiting = (late: boolean): void => {
    say.textContent = late ? 'The kernel is busy with other cells; this goes on after them …' : '';
  };
  try {
    build(root, await openSession(model, signal, waiting), say, signal);
  } catch (error) {
    say.textContent = error instanceof Error ? error.message : String(error);
  }
};

function build(root: HTMLElement, session: Session, say: HTMLElement, signal: AbortSignal): void {
  say.textContent = '';
  session.say = (message) => (say.textContent = message);
  const thumbs = new Thumbs(session.call, session.say);
  signal.addEventListener('abort', () => thumbs.forget());

  const closer = new Closer(session);
  const browse = new Browse(session, thumbs, closer, signal);
  const findings = new FindingsTab(session, thumbs, signal);
  const recipe = new RecipeTab(session);
  const show = (): void => tabs.choose(0);
  const compare = new SplitComparison(session, show);
  const slices = new SliceTable(session, show);
  const tabs = new Tabs([
    { name: 'Pictures', node: browse.node, appear: () => browse.appear() },
    { name: 'Findings', node: findings.node, appear: () => findings.appear() },
    { name: 'Compare', node: compare.node, appear: () => compare.update() },
    { name: 'Slices', node: slices.node, appear: () => slices.update() },
    { name: 'Recipe', node: recipe.node, appear: () => undefined },
  ]);
  const note = perFrame(() => {
    const open = session.edits.verdicts.reduce((sum, verdict) => sum + (verdict ? 0 : 1), 0);
    tabs.note(1, open ? count(open) : '');
    tabs.note(4, session.edits.steps.length ? count(session.edits.steps.length) : '');
  });
  session.edited.add(note);
  note();
  root.replaceChildren(header(session, tabs.bar), tabs.body, footer(session, say), closer.node);
  root.addEventListener('keydown', (event) => {
    findings.key(event);
    undoKey(session, event);
  });
}

/** The line below: Python that does what was just done, and what went wrong. */
function footer(session: Session, say: HTMLElement): HTMLElement {
  const code = h('code', { role: 'group', 'aria-label': 'The same in Python' });
  const copy = h('button', { type: 'button', class: 'dcw-link', hidden: true }, 'Copy');
  copy.addEventListener('click', () => void navigator.clipboard.writeText(session.code));
  session.coded.add(() => {
    code.textContent = session.code;
    copy.hidden = !session.code || !isSecureContext; // the clipboard is there under https alone
  });
  return h('div', { class: 'dcw-footer' }, code, copy, say);
}

function undoKey(session: Session, event: KeyboardEvent): void {
  const key = event.key.toLowerCase();
  const typing = event.target instanceof Element && event.target.matches('input[type=text]');
  if (!(event.ctrlKey || event.metaKey) || event.altKey || typing || (key !== 'z' && key !== 'y')) {
    return;
  }
  event.preventDefault();
  void (key === 'y' || event.shiftKey ? session.redo() : session.undo());
}

export default { render };
