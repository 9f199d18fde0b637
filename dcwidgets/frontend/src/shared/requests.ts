import type { AnyModel } from '@anywidget/types';

/** What Python answers to a request; `error` is one sentence for the reader. */
export interface Reply {
  id: string;
  error?: string;
}

/**
 * Ask the kernel, one request at a time; while one is under way only the newest waits.
 *
 * `patience` is in milliseconds; a request that is not answered by then is given up on.
 */
export function newestWins<A extends object, R extends Reply>(
  model: AnyModel,
  type: string,
  paint: (reply: R, buffers: DataView[]) => void | Promise<void>,
  fail: (message: string) => void,
  signal: AbortSignal,
  patience = 10_000
): (ask: A) => void {
  // Views share one model, so an id must name its view; randomUUID needs https, this does not.
  const view = Math.random().toString(36).slice(2);
  let count = 0;
  let current = '';
  let waiting: A | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const send = (ask: A): void => {
    if (current) {
      waiting = ask;
      return;
    }
    current = `${view}-${++count}`;
    timer = setTimeout(() => finish('The kernel did not answer. Is it busy or stopped?'), patience);
    model.send({ ...ask, type, id: current });
  };
  const finish = (error?: string): void => {
    clearTimeout(timer);
    current = '';
    if (signal.aborted) {
      return;
    }
    if (error) {
      fail(error);
    }
    const next = waiting;
    waiting = null;
    if (next) {
      send(next);
    }
  };
  const hear = async (reply: R, buffers: DataView[]): Promise<void> => {
    const id = reply.id;
    if (!current || id !== current) {
      return; // another view's answer, or one given up on
    }
    let error = reply.error;
    try {
      if (!error) {
        await paint(reply, buffers);
      }
    } catch (reason) {
      error = String(reason);
    }
    if (id === current) {
      finish(error);
    }
  };
  model.on('msg:custom', hear);
  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    model.off('msg:custom', hear);
  });
  return send;
}
