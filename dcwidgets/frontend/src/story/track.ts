import { svg } from '../explorer/svg';
import type { Row } from './rows';

const HEIGHT = 28;

/** One line of the picture: a bar over the spread, a dot for the mean, a diamond for the worst. */
export function track(row: Row, [low, high]: [number, number], ticks: number[]): SVGElement {
  const at = (value: number): string =>
    `${((Math.min(Math.max(value, low), high) - low) / (high - low)) * 100}%`;
  const middle = HEIGHT / 2;
  const node = svg('svg', { class: 'dcw-ls-track', height: HEIGHT, 'aria-hidden': 'true' });
  for (const tick of ticks) {
    node.append(
      svg('line', { class: 'dcw-ls-grid', x1: at(tick), x2: at(tick), y1: 0, y2: HEIGHT })
    );
  }
  const spread = row.spread ?? 0;
  const ends = { x1: at(row.mean - spread), x2: at(row.mean + spread) };
  node.append(
    svg('line', { class: 'dcw-ls-spread', ...ends, y1: middle, y2: middle }),
    svg('circle', { class: 'dcw-ls-mean', cx: at(row.mean), cy: middle, r: 4 })
  );
  if (row.worst_slice !== null) {
    const diamond = svg('path', { d: 'M0 -5L5 0L0 5L-5 0Z' });
    // A nested svg is placed in per cent, which a path of its own cannot be.
    node.append(svg('svg', { class: 'dcw-ls-worst', x: at(row.worst_slice), y: middle }, diamond));
  }
  return node;
}

/** The scale below the lines. */
export function scale([low, high]: [number, number], ticks: number[]): HTMLElement {
  const node = document.createElement('div');
  node.className = 'dcw-ls-scale';
  node.setAttribute('aria-hidden', 'true');
  for (const tick of ticks) {
    const label = document.createElement('span');
    label.style.left = `${((tick - low) / (high - low)) * 100}%`;
    label.textContent = tick.toFixed(1);
    node.append(label);
  }
  return node;
}
