import { h } from '../shared/dom';
import type { Thumbs } from '../shared/thumbs';
import type { State } from './state';

/** The picture under the pointer or the arrow keys, large enough to see. */
export function lookedAt(state: State, thumbs: Thumbs): HTMLElement {
  const canvas = h('canvas', { width: 1, height: 1, 'aria-hidden': 'true' });
  const words = h('span', { role: 'status' }, 'Point at a mark, or use the arrow keys on the map.');
  const node = h('div', { class: 'dcw-cx-looked' }, canvas, words);
  const update = (): void => {
    const { current, content, kept } = state;
    if (current < 0) {
      return;
    }
    const label = content.classes[content.labels[current]!]!;
    words.textContent = `${label}, ${kept[current] ? '✓ kept' : 'dropped'}`;
    if (thumbs.draw(current, canvas)) {
      node.dataset['painted'] = String(current); // tests wait for this
    } else {
      canvas.width = 1;
      thumbs.want([current]);
    }
  };
  [state.changed, state.focused, thumbs.arrived].forEach((listeners) => listeners.add(update));
  return node;
}
