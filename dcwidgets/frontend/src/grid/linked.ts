import type { AnyModel } from '@anywidget/types';

import type { Selection } from './selection';
import { bytesOf } from '../shared/bytes';
import type { Call } from '../shared/calls';
import { latest } from '../shared/calls';

type Listened = Pick<AnyModel, 'on' | 'off'>;

/** Keep a selection and Python's `selection` the same; what Python says is not sent back. */
export function linkSelection(
  model: Listened,
  call: Call,
  selection: Selection,
  say: (message: string) => void,
  signal: AbortSignal
): void {
  let silent = false;
  const report = latest(async () => {
    try {
      await call('select', {}, [selection.keys()]);
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
  });
  selection.changed.add(() => {
    if (!silent) {
      report(undefined);
    }
  });
  const told = (message: { event?: string }, buffers: DataView[]): void => {
    if (message.event === 'selection') {
      silent = true;
      selection.choose(new Uint32Array(bytesOf(buffers[0])));
      silent = false;
    }
  };
  model.on('msg:custom', told);
  signal.addEventListener('abort', () => model.off('msg:custom', told));
}
