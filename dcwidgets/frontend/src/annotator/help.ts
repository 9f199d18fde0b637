import { button } from '../shared/controls';
import { h } from '../shared/dom';

const BOXES: [string, string][] = [
  ['W, then drag; or drag', 'new box'],
  ['W, then Enter', 'new box in the middle, for the arrows'],
  ['B, Shift+B', 'select the next, previous box'],
  ['arrows; Shift+', 'move by 1 px; by 10 px'],
  ['Alt+arrows', 'resize'],
  ['Del, Backspace', 'delete the box, turn the proposal down'],
  ['Ctrl+V', "copy the previous picture's boxes"],
  ['X', 'difficult on or off'],
  ['Ctrl+E', 'choose the class from the list'],
];
const ALL: [string, string][] = [
  ['1 … 9, 0', 'class of the selection, else of the next box and the picture'],
  ['Shift+digit', 'class of the picture'],
  ['A, D; PgUp, PgDn', 'previous, next picture'],
  ['Space', 'verified on or off'],
  ['U; S', 'unsure; skip'],
  ['Y; Shift+Y', 'accept a proposal; all'],
  ['H', 'hide or show proposals'],
  ['Esc', 'cancel the box, then unselect'],
  ['Ctrl+Z', 'undo, across pictures'],
  ['Ctrl+Shift+Z, Ctrl+Y', 'redo'],
  ['wheel, +, −, F', 'zoom, show the whole picture'],
  ['Alt+drag, middle drag', 'pan'],
];

/** The keys, in a dialog. */
export function helpDialog(boxes: boolean): HTMLDialogElement {
  const rows = boxes ? [...BOXES, ...ALL] : ALL;
  const list = h(
    'dl',
    {},
    ...rows.flatMap(([key, does]) => [h('dt', {}, h('kbd', {}, key)), h('dd', {}, does)])
  );
  const dialog = h('dialog', { class: 'dcw-an-help', 'aria-label': 'Keys' }, list);
  dialog.append(h('p', {}, 'On a Mac, Cmd stands for Ctrl.'));
  button(dialog, 'Close', () => dialog.close());
  dialog.addEventListener('keydown', (event) => event.stopPropagation());
  return dialog;
}
