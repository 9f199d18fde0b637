import { h } from '../shared/dom';
import type { Editor } from './editor';
import { boxOf } from './said';
import type { Box } from './types';

/** The boxes as a list: each can be chosen, described and deleted without the mouse. */
export function boxList(editor: Editor): HTMLElement {
  const title = h('h4', {}, 'Boxes');
  const list = h('div', { class: 'dcw-an-boxes', role: 'group', 'aria-label': 'Boxes' });
  const flags = flagRow(editor);
  const node = h('section', {}, title, list, flags.node);
  let shown = '';
  const update = (): void => {
    const proposed = editor.proposals.map(boxOf).filter((box) => box !== null);
    const all = [...editor.boxes, ...proposed];
    title.textContent = editor.boxes.length ? `Boxes (${editor.boxes.length})` : 'No boxes yet';
    const key = JSON.stringify([all, editor.selected]);
    if (key !== shown) {
      shown = key;
      fill(editor, list, all, proposed.length);
    }
    flags.update();
  };
  editor.shown.add(update);
  update();
  return node;
}

/** Replace the rows; the focus stays on the row that had it. */
function fill(editor: Editor, list: HTMLElement, all: Box[], proposed: number): void {
  const held = document.activeElement;
  const id = held && list.contains(held) ? (held as HTMLElement).dataset['box'] : undefined;
  list.replaceChildren(...all.map((box, at) => row(editor, box, at >= all.length - proposed)));
  if (id !== undefined) {
    const again = list.querySelector<HTMLElement>(`[data-box="${CSS.escape(id)}"]`);
    const stage = list.closest('.dcw-annotator')?.querySelector<HTMLElement>('.dcw-an-stage');
    (again ?? stage)?.focus(); // else the next key goes to JupyterLab
  }
}

function row(editor: Editor, box: Box, proposed: boolean): HTMLElement {
  const kind = editor.session.classes.find(({ name }) => name === box.label);
  const chip = h('span', { class: 'dcw-an-chip', 'aria-hidden': 'true' }, kind?.letter ?? '?');
  chip.style.background = kind?.colour ?? '';
  const size = `${Math.round(box.w)} × ${Math.round(box.h)}`;
  const marks = `${box.difficult ? ' ◆' : ''}${box.truncated ? ' ✂' : ''}`;
  const node = h(
    'button',
    { type: 'button', class: 'dcw-button', 'data-box': box.id },
    chip,
    h('span', { class: 'dcw-an-name' }, `${proposed ? '? ' : ''}${box.label}${marks}`),
    h('span', { class: 'dcw-an-soft' }, size)
  );
  node.setAttribute('aria-pressed', String(box.id === editor.selected));
  node.addEventListener('click', () => editor.select(box.id));
  return node;
}

function flagRow(editor: Editor) {
  const node = h('div', { class: 'dcw-an-row' });
  const flags = (['difficult', 'truncated'] as const).map((flag) => {
    const input = h('input', { type: 'checkbox' });
    node.append(h('label', { class: 'dcw-an-tick' }, input, ` ${flag}`));
    input.addEventListener('change', () => editor.toggle(flag));
    return { flag, input };
  });
  const remove = h(
    'button',
    { type: 'button', class: 'dcw-button dcw-an-delete', title: 'Delete (Del)' },
    '✕'
  );
  remove.setAttribute('aria-label', 'Delete the box');
  remove.addEventListener('click', () => {
    editor.delete();
    node.closest('.dcw-annotator')?.querySelector<HTMLElement>('.dcw-an-stage')?.focus();
  });
  node.append(remove);
  const update = (): void => {
    const { box } = editor;
    node.hidden = !editor.grip();
    flags.forEach(({ flag, input }) => {
      input.checked = box?.[flag] ?? false;
      input.disabled = !box;
    });
  };
  return { node, update };
}
