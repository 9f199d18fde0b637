import { button } from '../shared/controls';
import { h } from '../shared/dom';
import { toggle } from './foot';
import type { View } from './painting';
import { segments } from './segments';
import type { About } from './types';

export interface ViewHost {
  about: About;
  view: (view: View) => void;
  boxes: (shown: boolean) => void;
  otherPictures: () => void;
  originals: (shown: boolean) => void;
}

export interface ViewBar {
  node: HTMLElement;
  showView: (view: View) => void;
  showBoxes: (shown: boolean) => void;
  showOriginals: (shown: boolean) => void;
}

/** The line above the pictures: how they are shown, and which. */
export function viewBar(host: ViewHost): ViewBar {
  const views = segments(
    'View',
    [
      ['draws', 'Draws', 'What the policy draws'],
      [
        'difference',
        'Difference',
        'How far each draw is from its original, four times as strong (D)',
      ],
      ['histograms', 'Histograms', 'How values are spread in originals and in draws (H)'],
    ],
    (view) => host.view(view as View)
  );
  const boxes = toggle(
    'Boxes',
    'Where the box of each picture goes; dashed where an edge cuts it (B)',
    host.boxes
  );
  const node = h('div', { class: 'dcw-ax-toolbar' }, views.node);
  if (host.about.boxes) {
    node.append(boxes.node);
  }
  const originals = button(
    node,
    'Originals',
    () => host.originals(originals.getAttribute('aria-pressed') !== 'true'),
    'Show every tile unchanged (or hold Space)'
  );
  originals.setAttribute('aria-pressed', 'false');
  originals.setAttribute('aria-keyshortcuts', 'Space');
  button(node, 'Other pictures', host.otherPictures, 'Show the next pictures of the set');
  return {
    node,
    showView: views.show,
    showBoxes: boxes.show,
    showOriginals: (shown) => originals.setAttribute('aria-pressed', String(shown)),
  };
}
