import type { Editor } from './editor';
import type { Stage } from './stage';

const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const PAN = 40;

export interface KeyHost {
  root: HTMLElement;
  stage: Stage;
  editor: Editor;
  editLabel: () => void;
  help: () => void;
}

/** labelImg's keys, while the widget has the focus; what a control needs itself it keeps. */
export function listenToKeys(host: KeyHost): void {
  const { root, editor } = host;
  root.addEventListener('keydown', (event) => {
    editor.session.watch.seen();
    if (!event.defaultPrevented && act(host, event)) {
      event.preventDefault();
    }
  });
  root.addEventListener('keyup', (event) => {
    if (event.key in ARROWS) {
      editor.commit(); // a burst of arrows is one edit, and one step of undo
    }
  });
  root.addEventListener('focusout', (event) => {
    if (!(event.relatedTarget instanceof Node && root.contains(event.relatedTarget))) {
      editor.commit();
    }
  });
  root.addEventListener('pointerdown', () => editor.session.watch.seen());
}

function act(host: KeyHost, event: KeyboardEvent): boolean {
  const { editor } = host;
  if (takesText(event.target)) {
    return false;
  }
  if (event.ctrlKey || event.metaKey) {
    return !event.altKey && withControl(host, event);
  }
  const arrow = ARROWS[event.key];
  if (arrow) {
    return !takesArrows(event.target) && arrows(host, event, arrow);
  }
  if (event.altKey) {
    return false;
  }
  const digit = /^Digit([0-9])$|^Numpad([0-9])$/.exec(event.code);
  if (digit) {
    return choose(editor, Number(digit[1] ?? digit[2]), event.shiftKey);
  }
  return letter(host, event);
}

function withControl({ editor, editLabel }: KeyHost, event: KeyboardEvent): boolean {
  switch (event.key.toLowerCase()) {
    case 'z':
      editor.session.step(event.shiftKey ? 'redo' : 'undo');
      return true;
    case 'y':
      editor.session.step('redo');
      return true;
    case 'v':
      void editor.copyPrevious();
      return true;
    case 'e':
      editLabel();
      return true;
    case 's':
      editor.commit();
      editor.session.say('Nothing to do: every change is saved as it is made.');
      return true;
    default:
      return false;
  }
}

function arrows({ editor, stage }: KeyHost, event: KeyboardEvent, by: [number, number]): boolean {
  const step = event.shiftKey ? 10 : 1;
  const [dx, dy] = [by[0] * step, by[1] * step];
  if (event.altKey ? editor.grow(dx, dy) : editor.nudge(dx, dy)) {
    return true;
  }
  if (!event.altKey) {
    stage.pan(-by[0] * PAN, -by[1] * PAN);
  }
  return true;
}

function choose(editor: Editor, digit: number, forPicture: boolean): boolean {
  const name = editor.session.state.classes[digit === 0 ? 9 : digit - 1];
  if (name === undefined) {
    editor.session.say(`There is no class with the digit ${digit}.`);
  } else if (forPicture) {
    editor.label(name);
  } else {
    editor.classify(name);
  }
  return true;
}

function letter(host: KeyHost, event: KeyboardEvent): boolean {
  const { editor, stage } = host;
  const { session } = editor;
  const upper = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  if ((event.key === ' ' || event.key === 'Enter') && takesSpace(event.target)) {
    return false;
  }
  const acts: Record<string, () => void> = {
    W: () => editor.draw(),
    A: () => session.go(session.row - 1),
    PageUp: () => session.go(session.row - 1),
    D: () => session.go(session.row + 1),
    PageDown: () => session.go(session.row + 1),
    Delete: () => editor.delete(),
    Backspace: () => editor.delete(),
    ' ': () => editor.mark('verified'),
    U: () => editor.mark('unsure'),
    S: () => editor.mark('skipped'),
    Y: () => editor.accept(event.shiftKey),
    B: () => editor.selectNext(event.shiftKey ? -1 : 1),
    H: () => editor.hide(!editor.hidden),
    X: () => editor.toggle('difficult'),
    F: () => stage.fitAll(),
    '+': () => stage.zoom(1.25),
    '=': () => stage.zoom(1.25),
    '-': () => stage.zoom(0.8),
    '?': () => host.help(),
    Escape: () => editor.cancel(),
  };
  if (event.key === 'Enter') {
    if (editor.drawing) {
      editor.place(stage.centre());
    }
    return editor.drawing || event.target === stage.node;
  }
  acts[upper]?.();
  return upper in acts;
}

function takesText(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.matches('input:not([type=checkbox], [type=range], [type=radio]), textarea, select')
  );
}

function takesArrows(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches('input[type=range], input[type=radio]');
}

function takesSpace(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches('button, summary, input[type=checkbox]');
}
