import type { AnyModel } from '@anywidget/types';

import { sendUntilHeard, type Reply } from './requests';

export interface Answered<R extends Reply> {
  reply: R;
  buffers: DataView[];
}

export type Call = <R extends Reply = Reply>(
  type: string,
  fields?: object,
  buffers?: ArrayBufferView[]
) => Promise<Answered<R>>;

interface Pending {
  resolve: (answer: Answered<Reply>) => void;
  reject: (reason: Error) => void;
  timer: ReturnType<typeof setTimeout>;
  heard: () => void;
  late: boolean;
}

/**
 * Ask the kernel in order and get a promise for each answer; none is dropped.
 *
 * For values that replace each other, such as a slider's, wrap the call in `latest`.
 * A kernel that runs other cells answers late, but it does answer: after `patience`
 * milliseconds `waiting` is told so, and again when no late answer is outstanding.
 */
export function caller(
  model: AnyModel,
  signal: AbortSignal,
  waiting: (late: boolean) => void = () => undefined,
  patience = 3000
): Call {
  // Views share one model, so an id must name its view; randomUUID needs https, this does not.
  const view = Math.random().toString(36).slice(2);
  const pending = new Map<string, Pending>();
  let count = 0;

  const hear = (reply: Reply, buffers: DataView[]): void => {
    const asked = pending.get(reply.id);
    if (!asked) {
      return; // another view's answer, or an event
    }
    pending.delete(reply.id);
    clearTimeout(asked.timer);
    asked.heard();
    if (asked.late && ![...pending.values()].some(({ late }) => late)) {
      waiting(false);
    }
    if (reply.error) {
      asked.reject(new Error(reply.error));
    } else {
      asked.resolve({ reply, buffers });
    }
  };
  model.on('msg:custom', hear);
  signal.addEventListener('abort', () => {
    model.off('msg:custom', hear);
    pending.forEach(({ timer, heard }) => {
      clearTimeout(timer);
      heard();
    });
    pending.clear(); // promises of a closed view stay open and are collected with it
  });

  const call = (
    type: string,
    fields: object = {},
    buffers: ArrayBufferView[] = []
  ): Promise<Answered<Reply>> =>
    new Promise<Answered<Reply>>((resolve, reject) => {
      const id = `${view}-${++count}`;
      const timer = setTimeout(() => {
        pending.get(id)!.late = true;
        waiting(true);
      }, patience);
      const asked: Pending = { resolve, reject, timer, heard: () => undefined, late: false };
      pending.set(id, asked);
      asked.heard = sendUntilHeard(model, { ...fields, type, id }, buffers);
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
