/** Hold Space for originals and press R for a new seed, wherever these keys are free. */
export function listenToKeys(
  root: HTMLElement,
  originals: (shown: boolean) => void,
  newSeed: () => void
): void {
  root.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return; // Ctrl+R is the browser's
    }
    if (event.key === ' ' && !takesSpace(event.target)) {
      event.preventDefault(); // it would scroll
      originals(true);
    } else if (event.key.toLowerCase() === 'r' && !event.repeat && !takesLetters(event.target)) {
      event.preventDefault();
      newSeed();
    }
  });
  root.addEventListener('keyup', (event) => {
    if (event.key === ' ' && !takesSpace(event.target)) {
      event.preventDefault();
      originals(false);
    }
  });
  // A key that is let go elsewhere never says so.
  root.addEventListener('focusout', (event) => {
    if (!(event.relatedTarget instanceof Node && root.contains(event.relatedTarget))) {
      originals(false);
    }
  });
}

function takesSpace(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) {
    return target.type === 'radio' ? !target.checked : target.type !== 'range';
  }
  return target instanceof Element && target.matches('button, select, summary, textarea, pre');
}

function takesLetters(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches('select, textarea, input[type="text"]');
}
