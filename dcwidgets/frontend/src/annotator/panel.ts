import { button, field } from '../shared/controls';
import { enable, h } from '../shared/dom';
import { boxList } from './box_list';
import type { Editor } from './editor';
import { guidePane } from './guide';
import type { Status } from './types';
import { LABEL } from './types';

/** Beside the picture: classes, status, boxes, note, guideline. */
export function panel(editor: Editor): { node: HTMLElement; editLabel: () => void } {
  const classes = classList(editor);
  const node = h('div', { class: 'dcw-an-panel' }, classes.node, statusRow(editor));
  if (editor.session.opened.boxes) {
    node.append(boxList(editor));
  }
  node.append(noteField(editor));
  const guide = guidePane(editor.session);
  if (guide) {
    node.append(guide);
  }
  return { node, editLabel: classes.focus };
}

function classList(editor: Editor) {
  const { session } = editor;
  const title = h('h4', {});
  const list = h('div', { class: 'dcw-an-classes', role: 'group' });
  const node = h('section', {}, title, list, newClass(editor));
  let shown = '';
  const update = (): void => {
    const grip = editor.grip();
    const what = grip ? 'Class of the selected box' : nextWords(editor);
    title.textContent = what;
    list.setAttribute('aria-label', what);
    const names = JSON.stringify(session.state.classes);
    if (names !== shown) {
      shown = names;
      list.replaceChildren(...session.classes.map((kind, at) => classButton(editor, kind, at)));
    }
    const label = session.said?.label;
    const on = grip?.label ?? (editor.labelsPicture ? label : editor.nextClass);
    list.querySelectorAll<HTMLElement>('button').forEach((choice) => {
      choice.setAttribute('aria-pressed', String(choice.dataset['name'] === on));
    });
  };
  editor.shown.add(update);
  update();
  const focus = choosing(list);
  return { node, focus };
}

/** Ctrl+E: to the list and, once a class is chosen or Esc is pressed, back to the picture. */
function choosing(list: HTMLElement): () => void {
  let asked = false;
  const back = (event: Event): void => {
    if (asked) {
      asked = false;
      event.preventDefault();
      list.closest('.dcw-annotator')?.querySelector<HTMLElement>('.dcw-an-stage')?.focus();
    }
  };
  list.addEventListener('click', back);
  list.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      back(event);
    }
  });
  list.addEventListener('focusout', (event) => {
    asked &&= event.relatedTarget instanceof Node && list.contains(event.relatedTarget);
  });
  return () => {
    const chosen = list.querySelector<HTMLElement>('[aria-pressed=true]');
    (chosen ?? list.querySelector('button'))?.focus();
    asked = true;
  };
}

function nextWords(editor: Editor): string {
  if (!editor.session.opened.boxes) {
    return 'Class of the picture';
  }
  return editor.labelsPicture ? 'Class of picture and next box' : 'Class of the next box';
}

function classButton(
  editor: Editor,
  kind: { name: string; letter: string; colour: string },
  at: number
): HTMLElement {
  const chip = h('span', { class: 'dcw-an-chip', 'aria-hidden': 'true' }, kind.letter);
  chip.style.background = kind.colour;
  const digit = at < 10 ? String((at + 1) % 10) : '';
  const node = h(
    'button',
    {
      type: 'button',
      class: 'dcw-button',
      'data-name': kind.name,
      title: `${kind.name} (${digit})`,
    },
    chip,
    h('span', { class: 'dcw-an-name' }, kind.name),
    h('kbd', { 'aria-hidden': 'true' }, digit)
  );
  node.setAttribute('aria-label', kind.name);
  node.addEventListener('click', () => editor.classify(kind.name));
  return node;
}

function newClass(editor: Editor): HTMLElement {
  const { session } = editor;
  const node = h('form', { class: 'dcw-an-new' });
  const name = h('input', { type: 'text', maxlength: 80, placeholder: 'New class' });
  name.setAttribute('aria-label', 'Name of a new class');
  const add = h('button', { type: 'submit', class: 'dcw-button' }, 'Add');
  node.append(name, add);
  node.addEventListener('submit', (event) => {
    event.preventDefault();
    session.addClass(name.value.trim()).then(
      () => {
        session.say(`${name.value.trim()} is a class now. A class keeps its number for ever.`);
        name.value = '';
        enable(add, false);
      },
      (error: unknown) => session.say(error instanceof Error ? error.message : String(error))
    );
  });
  const update = (): void => enable(add, name.value.trim() !== '');
  name.addEventListener('input', update);
  update();
  return node;
}

function statusRow(editor: Editor): HTMLElement {
  const { session } = editor;
  const node = h('section', {});
  const title = h('h4', {});
  const row = h('div', { class: 'dcw-an-row', role: 'group', 'aria-label': 'Status' });
  const marks: [Status, string, string][] = [
    ['verified', '✓ Verified', 'Looked at and right (Space)'],
    ['unsure', '? Unsure', 'Come back to it (U)'],
    ['skipped', '↷ Skip', 'Not for this task; goes on (S)'],
  ];
  const buttons = marks.map(([status, text, hint]) => ({
    status,
    node: button(row, text, () => editor.mark(status), hint),
  }));
  node.append(title, row);
  const tags = session.opened.tags.map((tag) => tagBox(editor, tag, node));
  const update = (): void => {
    const { said } = session;
    const proposed = editor.proposals.find(({ id }) => id === LABEL);
    const open = proposed ? `perhaps a ${proposed.label} (Y)` : 'no class yet';
    title.textContent = `Picture: ${said?.label ?? open}`;
    buttons.forEach(({ status, node: mark }) => {
      mark.setAttribute('aria-pressed', String(said?.status === status));
    });
    tags.forEach(({ tag, input }) => (input.checked = said?.tags.includes(tag) ?? false));
  };
  editor.shown.add(update);
  update();
  return node;
}

function tagBox(editor: Editor, tag: string, parent: HTMLElement) {
  const input = h('input', { type: 'checkbox' });
  parent.append(h('label', { class: 'dcw-an-tick' }, input, ` ${tag}`));
  input.addEventListener('change', () => editor.edit({ tags: { [tag]: input.checked } }));
  return { tag, input };
}

function noteField(editor: Editor): HTMLElement {
  const { session } = editor;
  const node = h('section', { class: 'dcw-an-note' });
  const input = field(node, 'Note', { type: 'text', maxlength: '2000' });
  let row = -1;
  const save = (): void => {
    if (row === session.row && session.picture && input.value !== (session.said?.note ?? '')) {
      editor.edit({ note: input.value });
    }
  };
  input.addEventListener('change', save);
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' || event.key === 'Enter') {
      event.preventDefault();
      save();
      input.closest('.dcw-annotator')?.querySelector<HTMLElement>('.dcw-an-stage')?.focus();
    }
  });
  editor.shown.add(() => {
    // What is being typed is not replaced by what is on disk.
    if (row !== session.row || document.activeElement !== input) {
      row = session.row;
      input.value = session.said?.note ?? '';
    }
  });
  return node;
}

/** How far the work is, how fast, and how often right on gold pictures. */
export function facts({ session }: Editor): HTMLElement {
  const node = h('span', { class: 'dcw-an-facts' });
  const update = (): void => {
    const { done, gold, pace } = session.state;
    const words = [`${done} of ${session.opened.n} labelled`];
    if (pace !== null) {
      words.push(`${pace} s a picture`);
    }
    if (gold?.[1]) {
      words.push(`gold: ${gold[0]} of ${gold[1]} right`);
    }
    node.textContent = words.join(' · ');
  };
  session.edited.add(update);
  update();
  return node;
}
