import { button, field } from '../shared/controls';
import { count, enable, h } from '../shared/dom';
import type { Editor } from './editor';
import type { Stage } from './stage';

/** The line above: where we are, undo, zoom, brightness, proposals, and where the work is. */
export function toolbar(editor: Editor, stage: Stage, help: () => void): HTMLElement {
  const node = h('div', { class: 'dcw-an-toolbar', role: 'toolbar', 'aria-label': 'Tools' });
  node.append(
    ...[walk(editor), edits(editor), look(editor, stage), ...proposing(editor)],
    keysButton(help)
  );
  return node;
}

function group(name: string): HTMLElement {
  return h('div', { class: 'dcw-an-group', role: 'group', 'aria-label': name });
}

function walk({ session }: Editor): HTMLElement {
  const node = group('Pictures');
  const previous = button(node, '◀', () => session.go(session.row - 1), 'Previous picture (A)');
  const place = h('span', { class: 'dcw-an-place' });
  node.append(place);
  const next = button(node, '▶', () => session.go(session.row + 1), 'Next picture (D)');
  previous.setAttribute('aria-label', 'Previous picture');
  next.setAttribute('aria-label', 'Next picture');
  const update = (): void => {
    const { n } = session.opened;
    place.textContent = `${count(session.row + 1)} of ${count(n)}`;
    enable(previous, session.row > 0);
    enable(next, session.row < n - 1);
  };
  session.moved.add(update);
  update();
  return node;
}

function edits({ session }: Editor): HTMLElement {
  const node = group('Edits');
  const undo = button(node, 'Undo', () => session.step('undo'), 'Undo (Ctrl+Z)');
  const redo = button(node, 'Redo', () => session.step('redo'), 'Redo (Ctrl+Shift+Z)');
  const update = (): void => {
    enable(undo, session.state.undo || session.outbox.entries.length > 0);
    enable(redo, session.state.redo);
  };
  session.edited.add(update);
  update();
  return node;
}

function look({ session }: Editor, stage: Stage): HTMLElement {
  const node = group('View');
  const out = button(node, '−', () => stage.zoom(0.8), 'Zoom out (−)');
  button(node, 'Fit', () => stage.fitAll(), 'Show the whole picture (F)');
  const closer = button(node, '+', () => stage.zoom(1.25), 'Zoom in (+), or the wheel');
  out.setAttribute('aria-label', 'Zoom out');
  closer.setAttribute('aria-label', 'Zoom in');
  const range = { type: 'range', min: '0.3', max: '3', step: '0.1', value: '1' };
  const light = field(node, '☀', { ...range, 'aria-label': 'Brightness' });
  const set = (value: number): void => {
    light.value = String(value);
    light.setAttribute('aria-valuetext', `${Math.round(value * 100)} %`);
    stage.shine(value);
  };
  light.addEventListener('input', () => set(light.valueAsNumber));
  light.addEventListener('dblclick', () => set(1));
  light.title = 'Brightness of the picture on show; double-click sets it back';
  session.moved.add(() => stage.shine(light.valueAsNumber));
  return node;
}

function proposing(editor: Editor): HTMLElement[] {
  const { session } = editor;
  if (!session.opened.proposing) {
    return [];
  }
  const node = group('Proposals');
  const accept = button(
    node,
    'Accept',
    () => editor.accept(),
    'Accept a proposal (Y); all with Shift+Y'
  );
  const reject = button(node, 'Reject', () => rejectNext(editor), 'Turn a proposal down (Del)');
  const hide = button(node, 'Hide', () => editor.hide(!editor.hidden), 'Hide proposals (H)');
  hide.setAttribute('aria-label', 'Hide proposals');
  const update = (): void => {
    const n = editor.proposals.length;
    accept.textContent = n ? `Accept (${n})` : 'Accept';
    enable(accept, n > 0);
    enable(reject, n > 0);
    hide.setAttribute('aria-pressed', String(editor.hidden));
  };
  editor.shown.add(update);
  update();
  return [node];
}

function rejectNext(editor: Editor): void {
  const one = editor.proposal ?? editor.proposals[0];
  if (one) {
    editor.reject(one);
  }
}

/** Says where the work is. Ticks for the eye; screen readers hear only what changes. */
export function savedSign({ session }: Editor): HTMLElement {
  const node = h('span', { class: 'dcw-an-saved' });
  const text = h('span', { 'aria-hidden': 'true' });
  const heard = h('span', { class: 'dcw-unseen', role: 'status' });
  node.append(text, heard);
  const again = button(node, 'Try again', () => session.outbox.retry(), 'Try to save now');
  const update = (): void => {
    const words = session.sign();
    text.textContent = words;
    node.dataset['state'] = words.startsWith('not ')
      ? 'not'
      : words.startsWith('saving')
        ? 'on'
        : '';
    again.hidden = !session.outbox.trouble;
    const plain = words.replace(/\d+ (s|min|h) ago/, '').trim();
    if (heard.textContent !== plain && node.dataset['state'] !== 'on') {
      heard.textContent = plain;
    }
  };
  session.signed.add(update);
  update();
  return node;
}

function keysButton(help: () => void): HTMLElement {
  const node = group('Help');
  const keys = button(node, 'Keys', help, 'Show the keys (?)');
  keys.setAttribute('aria-haspopup', 'dialog');
  return node;
}
