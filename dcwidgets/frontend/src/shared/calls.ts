import type { AnyModel } from '@anywidget/types';

import type { Reply } from './requests';

export interface Answered<R extends Reply> {
  reply: R;
  buffers: DataView[];
}

export type Call = <R extends Reply = Reply>(
  type: string,
  fields?: object,
  buffers?: ArrayBufferView[],
  patience?: number
) => Promise<Answered<R>>;

interface Pending {
  resolve: (answer: Answered<Reply>) => void;
  reject: (reason: Error) => void;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/**
 * Ask the kernel in order and get a promise for each answer; none is dropped.
 *
 * For values that replace each other, such as a slider's, wrap the call in `latest`.
 * `patience` is in milliseconds: a kernel that computes answers late, so be generous. A call that
 * is made while a notebook runs from top to bottom is answered after the last cell: `Infinity`.
 */
export function caller(model: AnyModel, signal: AbortSignal, patience = 30_000): Call {
  // Views share one model, so an id must name its view; randomUUID needs https, this does not.
  const view = Math.random().toString(36).slice(2);
  const pending = new Map<string, Pending>();
  let count = 0;

  const hear = (reply: Reply, buffers: DataView[]): void => {
    const asked = pending.get(reply.id);
    if (!asked) {
      return; // another view's answer, an event, or a request given up on
    }
    pending.delete(reply.id);
    clearTimeout(asked.timer);
    if (reply.error) {
      asked.reject(new Error(reply.error));
    } else {
      asked.resolve({ reply, buffers });
    }
  };
  model.on('msg:custom', hear);
  signal.addEventListener('abort', () => {
    model.off('msg:custom', hear);
    pending.forEach(({ timer }) => clearTimeout(timer));
    pending.clear(); // promises of a closed view stay open and are collected with it
  });

  const call = (
    type: string,
    fields: object = {},
    buffers: ArrayBufferView[] = [],
    wait = patience
  ): Promise<Answered<Reply>> =>
    new Promise<Answered<Reply>>((resolve, reject) => {
      const id = `${view}-${++count}`;
      const giveUp = (): void => {
        pending.delete(id);
        reject(new Error('The kernel did not answer. Is it busy or stopped?'));
      };
      const timer = wait === Infinity ? undefined : setTimeout(giveUp, wait);
      pending.set(id, { resolve, reject, timer });
      model.send({ ...fields, type, id }, undefined, buffers);
    });
  return call as Call;
}

/** Run one call at a time; while one is under way only the newest argument waits. */
export function latest<A>(act: (argument: A) => Promise<void>): (argument: A) => void {
  let busy = false;
  let waiting: { argument: A } | null = null;

  const run = async (argument: A): Promise<void> => {
    if (busy) {
      waiting = { argument };
      return;
    }
    busy = true;
    try {
      await act(argument);
    } finally {
      busy = false;
      const next = waiting;
      waiting = null;
      if (next) {
        void run(next.argument);
      }
    }
  };
  return (argument) => void run(argument);
}
