import { h } from '../shared/dom';
import type { Reply } from '../shared/requests';
import { drawSheet } from '../shared/sheet';
import type { Session } from './session';

/** What to label how: a text for each class, with pictures that show it; null without any. */
export function guidePane(session: Session): HTMLElement | null {
  const { guide, examples } = session.opened;
  const names = session.state.known.filter(
    (name) => guide[name] !== undefined || examples[name] !== undefined
  );
  if (!guide[''] && !names.length) {
    return null;
  }
  const node = h('details', { class: 'dcw-an-guide', open: true }, h('summary', {}, 'Guideline'));
  if (guide['']) {
    node.append(h('p', {}, guide['']));
  }
  for (const name of names) {
    const kind = session.classes.find((one) => one.name === name);
    const chip = h('span', { class: 'dcw-an-chip', 'aria-hidden': 'true' }, kind?.letter ?? '');
    chip.style.background = kind?.colour ?? '';
    node.append(h('h5', {}, chip, ` ${name}`));
    if (guide[name]) {
      node.append(h('p', {}, guide[name]));
    }
    if (examples[name]) {
      const canvas = h('canvas', { role: 'img', 'aria-label': `Examples: ${name}` });
      node.append(canvas);
      void show(session, name, canvas);
    }
  }
  return node;
}

async function show(session: Session, name: string, canvas: HTMLCanvasElement): Promise<void> {
  try {
    const { buffers } = await session.call<Reply & { n: number }>('examples', { class: name });
    await drawSheet(canvas, buffers[0]);
  } catch (error) {
    session.say(error instanceof Error ? error.message : String(error));
  }
}
