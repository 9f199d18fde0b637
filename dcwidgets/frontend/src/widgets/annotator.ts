import type { Render } from '@anywidget/types';

import '../shared/base.css';
import '../annotator/annotator.css';
import { Editor } from '../annotator/editor';
import { helpDialog } from '../annotator/help';
import { listenToKeys } from '../annotator/keys';
import { facts, panel } from '../annotator/panel';
import { listenToPointer } from '../annotator/pointer';
import type { Session, Traits } from '../annotator/session';
import { openSession } from '../annotator/session';
import { Stage } from '../annotator/stage';
import { Strip } from '../annotator/strip';
import { savedSign, toolbar } from '../annotator/toolbar';
import { h, mount, ownKeys } from '../shared/dom';

const render: Render<Traits> = async ({ model, el, signal }) => {
  const root = h('div', { class: 'dcw-root dcw-annotator', 'aria-label': 'Annotator' });
  root.setAttribute('role', 'region');
  ownKeys(root); // letters, digits and arrows are ours while the focus is here
  const say = h('span', { class: 'dcw-status', role: 'status' }, 'Opening the queue …');
  root.append(say);
  mount(el, signal, root);
  const waiting = (late: boolean): void => {
    say.textContent = late ? 'The kernel does not answer yet; it may be busy …' : '';
  };
  try {
    build(root, await openSession(model, signal, waiting), say, signal);
  } catch (error) {
    say.textContent = error instanceof Error ? error.message : String(error);
  }
};

function build(root: HTMLElement, session: Session, say: HTMLElement, signal: AbortSignal): void {
  session.say = (message) => (say.textContent = message);
  const editor = new Editor(session);
  const stage = new Stage(editor, signal);
  const side = panel(editor);
  const strip = new Strip(session, signal);
  const dialog = helpDialog(session.opened.boxes);
  const help = (): void => dialog.showModal();
  const body = h('div', { class: 'dcw-an-body' }, stage.node, side.node);
  const foot = h('div', { class: 'dcw-an-foot' }, say, facts(editor), savedSign(editor));
  listenToPointer(stage, editor);
  listenToKeys({ root, stage, editor, editLabel: side.editLabel, help });
  const trouble = (): void => {
    say.textContent = session.picture?.trouble ?? '';
  };
  session.moved.add(trouble);
  returnFocus(root, stage.node);
  root.replaceChildren(toolbar(editor, stage, help), body, strip.node, foot, dialog);
  session.start();
}

/** After a click with the mouse the keys are the picture's again: Space must not click once more. */
function returnFocus(root: HTMLElement, stage: HTMLElement): void {
  root.addEventListener('click', (event) => {
    const { target, detail } = event;
    const control = target instanceof Element ? target.closest(CLICKED) : null;
    if (detail > 0 && control && !control.closest('dialog, form, [aria-haspopup]')) {
      stage.focus({ preventScroll: true });
    }
  });
}

const CLICKED = 'button, input[type=checkbox], input[type=range], [role=option]';

export default { render };
