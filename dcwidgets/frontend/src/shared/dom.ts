type Value = string | number | boolean | ((event: never) => void);

/**
 * Make an element: attributes as they stand, `on...` functions as listeners, texts as text.
 *
 * A false attribute is left out and a true one is empty, as in HTML; strings among the
 * children become text nodes, never markup.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, Value> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') {
      node.addEventListener(name.replace(/^on/, ''), value as EventListener);
    } else if (value !== false) {
      node.setAttribute(name, value === true ? '' : String(value));
    }
  }
  node.append(...children);
  return node;
}

/**
 * Show nodes in a view's element until the view ends.
 *
 * ipywidgets keeps the element of a model's last view for as long as the kernel keeps the widget,
 * so what is in it would stay with each run of a cell.
 */
export function mount(el: HTMLElement, signal: AbortSignal, ...nodes: Node[]): void {
  el.append(...nodes);
  signal.addEventListener('abort', () => el.replaceChildren());
}

/**
 * Keep the keys pressed in a widget from JupyterLab: letters would edit the notebook, and the
 * notebook prevents what arrows do to a slider.
 */
export function ownKeys(root: HTMLElement): void {
  root.dataset['lmSuppressShortcuts'] = 'true';
  root.addEventListener('keydown', (event) => event.stopPropagation());
}

/**
 * Switch a control on or off without losing the focus.
 *
 * A control that is disabled while it has the focus drops it to the page, and the next key goes
 * to JupyterLab. Such a control is only said to be off, and really is once the focus has left it.
 */
export function enable(control: HTMLButtonElement | HTMLSelectElement, on: boolean): void {
  const held = !on && control === document.activeElement;
  control.disabled = !on && !held;
  if (!held) {
    control.removeAttribute('aria-disabled');
    return;
  }
  control.setAttribute('aria-disabled', 'true');
  const leave = (): void => enable(control, !control.hasAttribute('aria-disabled'));
  control.addEventListener('blur', leave, { once: true });
}

/** Join what coalesces into one frame: many calls, one run before the next paint. */
export function perFrame(run: () => void): () => void {
  let asked = false;
  return () => {
    if (!asked) {
      asked = true;
      requestAnimationFrame(() => {
        asked = false;
        run();
      });
    }
  };
}

/** Run once things have come to rest, `delay` milliseconds after the last call. */
export function atRest(run: () => void, delay: number, signal: AbortSignal): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  signal.addEventListener('abort', () => clearTimeout(timer));
  return () => {
    clearTimeout(timer);
    timer = setTimeout(run, delay);
  };
}

/** Let the browser save bytes as a file. */
export function download(name: string, bytes: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([bytes], { type }));
  const link = h('a', { href: url, download: name });
  document.body.append(link); // some browsers ignore a click on a detached link
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Write a whole number with separators, such as 23,262. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}
