import type { AnyModel, Render } from '@anywidget/types';

import type { Call } from './calls';
import { caller } from './calls';
import { h, mount, ownKeys } from './dom';
import type { Reply } from './requests';

/** What the parts of one view share. */
export interface View<T extends object> {
  model: AnyModel<T>;
  root: HTMLElement;
  call: Call;
  /** Says what happens, and what went wrong. */
  say: HTMLElement;
  signal: AbortSignal;
}

interface Words {
  name: string;
  opening: string;
  /** Said while the kernel is long in answering. */
  late: string;
}

/** Make a widget that asks the kernel what to show, and is built once that is there. */
export function opened<T extends object, R extends Reply>(
  { name, opening, late }: Words,
  build: (view: View<T>, reply: R, buffers: DataView[]) => void
): Render<T> {
  return async ({ model, el, signal }) => {
    const root = h('div', { class: 'dcw-root', role: 'region', 'aria-label': name });
    ownKeys(root);
    const say = h('p', { class: 'dcw-status', role: 'status' }, opening);
    root.append(say);
    mount(el, signal, root);
    const call = caller(model, signal, (isLate) => (say.textContent = isLate ? late : ''));
    try {
      const { reply, buffers } = await call<R>('open');
      say.textContent = '';
      build({ model, root, call, say, signal }, reply, buffers);
    } catch (error) {
      say.textContent = error instanceof Error ? error.message : String(error);
    }
  };
}
