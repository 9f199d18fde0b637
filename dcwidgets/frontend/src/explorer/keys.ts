export interface KeysHost {
  originals: (shown: boolean) => void;
  newSeed: () => void;
  difference: () => void;
  histograms: () => void;
  boxes: () => void;
  undo: () => void;
  redo: () => void;
}

/** Keys of the whole widget, wherever the focus is and the key is free. */
export function listenToKeys(root: HTMLElement, host: KeysHost): void {
  const letters: Record<string, () => void> = {
    r: host.newSeed,
    d: host.difference,
    h: host.histograms,
    b: host.boxes,
  };
  root.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey) {
      travel(event, host);
      return; // Ctrl+R is the browser's
    }
    const act = letters[event.key.toLowerCase()];
    if (event.altKey) {
      return;
    }
    if (event.key === ' ' && !takesSpace(event.target)) {
      event.preventDefault(); // it would scroll
      host.originals(true);
    } else if (act && !event.repeat && !takesLetters(event.target)) {
      event.preventDefault();
      act();
    }
  });
  root.addEventListener('keyup', (event) => {
    if (event.key === ' ' && !takesSpace(event.target)) {
      event.preventDefault();
      host.originals(false);
    }
  });
  // A key that is let go elsewhere never says so.
  root.addEventListener('focusout', (event) => {
    if (!(event.relatedTarget instanceof Node && root.contains(event.relatedTarget))) {
      host.originals(false);
    }
  });
}

/** Undo and redo, as everywhere; where text is written they are the text's own. */
function travel(event: KeyboardEvent, host: KeysHost): void {
  const key = event.key.toLowerCase();
  const back = key === 'z' && !event.shiftKey;
  if ((key === 'z' || key === 'y') && !event.altKey && !writesText(event.target)) {
    event.preventDefault();
    (back ? host.undo : host.redo)();
  }
}

function takesSpace(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) {
    return target.type === 'radio' ? !target.checked : target.type !== 'range';
  }
  return target instanceof Element && target.matches('button, select, summary, textarea, pre');
}

function writesText(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches('textarea, input[type="text"]');
}

function takesLetters(target: EventTarget | null): boolean {
  return writesText(target) || (target instanceof Element && target.matches('select'));
}
