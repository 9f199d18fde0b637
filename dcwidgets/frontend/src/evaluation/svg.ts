const NAMESPACE = 'http://www.w3.org/2000/svg';

/** Make an element of a drawing; the twin of `h` for SVG. */
export function s(
  tag: string,
  attributes: Record<string, string | number> = {},
  ...children: Node[]
): SVGElement {
  const node = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) {
    node.setAttribute(name, String(value));
  }
  node.append(...children);
  return node;
}
