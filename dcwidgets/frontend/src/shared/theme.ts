/** Read a colour of the theme as it is computed where `node` stands. */
export function themeColour(node: Element, variable: string, fallback: string): string {
  return getComputedStyle(node).getPropertyValue(variable).trim() || fallback;
}

/**
 * Call `redraw` whenever JupyterLab or the browser switches between light and dark.
 *
 * Only a canvas needs it: elements follow the CSS variables by themselves.
 */
export function onThemeChange(redraw: () => void, signal: AbortSignal): void {
  // JupyterLab swaps a style sheet and then names the theme on the body.
  const observer = new MutationObserver(() => requestAnimationFrame(redraw));
  observer.observe(document.body, {
    attributes: true,
    attributeFilter: ['data-jp-theme-name', 'data-jp-theme-light', 'class'],
  });
  signal.addEventListener('abort', () => observer.disconnect());
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw, { signal });
}
