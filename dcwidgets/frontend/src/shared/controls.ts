let fields = 0;

/** Append a labelled native input and return it; attributes go in as they stand. */
export function field(
  parent: HTMLElement,
  label: string,
  attributes: Record<string, string>
): HTMLInputElement {
  const input = document.createElement('input');
  for (const [name, value] of Object.entries(attributes)) {
    input.setAttribute(name, value);
  }
  input.id = `dcw-field-${++fields}-${Math.random().toString(36).slice(2, 7)}`;
  const caption = document.createElement('label');
  caption.htmlFor = input.id;
  caption.textContent = label;
  parent.append(caption, input);
  return input;
}

/** Append a button with a text; `hint` becomes its tooltip. */
export function button(
  parent: HTMLElement,
  text: string,
  act: () => void,
  hint?: string
): HTMLButtonElement {
  const node = document.createElement('button');
  node.type = 'button';
  node.className = 'dcw-button';
  node.textContent = text;
  if (hint) {
    node.title = hint;
  }
  node.addEventListener('click', act);
  parent.append(node);
  return node;
}

/** Append a live region; the returned function replaces its text (never markup). */
export function status(parent: HTMLElement): (message: string) => void {
  const line = document.createElement('div');
  line.className = 'dcw-status';
  line.setAttribute('role', 'status');
  parent.append(line);
  return (message) => {
    line.textContent = message;
  };
}
