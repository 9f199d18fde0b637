/** Make an element with a class, attributes and children; text goes in as text, never as markup. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  attributes: Readonly<Record<string, string>> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  if (className) {
    node.className = className;
  }
  for (const [name, value] of Object.entries(attributes)) {
    node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/** A button whose key finds it again after a repaint, so that the focus is not lost. */
export function keyed(
  key: string,
  className: string,
  act: () => void,
  ...children: (Node | string)[]
): HTMLButtonElement {
  const node = make('button', className, { type: 'button', 'data-key': key }, ...children);
  node.addEventListener('click', act);
  return node;
}

/** Replace what `root` shows, keeping the keyboard where it was. */
export function repaint(root: HTMLElement, ...children: Node[]): void {
  const focused = document.activeElement;
  const key = focused instanceof HTMLElement && root.contains(focused) && focused.dataset['key'];
  const top = root.scrollTop;
  root.replaceChildren(...children);
  root.scrollTop = top;
  if (key) {
    root.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus();
  }
}
