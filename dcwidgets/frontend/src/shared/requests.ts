import type { AnyModel } from '@anywidget/types';

/** What Python answers to a request; `error` is one sentence for the reader. */
export interface Reply {
  id: string;
  error?: string;
}

/** After so many milliseconds without an answer a request is sent once more. */
const AGAIN = 1000;

/**
 * Send a request, and once more if it is not answered soon; what is returned calls that off.
 *
 * JupyterLab lets a thread of the kernel answer a widget while cells run, and sends what is asked
 * before that thread is there behind the cells: a training of minutes, when all cells were started
 * at once. Python answers the copy that arrives first, and only that one.
 */
export function sendUntilHeard(
  model: Pick<AnyModel, 'send'>,
  message: object,
  buffers?: ArrayBufferView[]
): () => void {
  model.send(message, undefined, buffers);
  const timer = setTimeout(() => {
    try {
      model.send({ ...message, again: true }, undefined, buffers);
    } catch {
      // The kernel went meanwhile: the one who asks is told by his or her own patience.
    }
  }, AGAIN);
  return () => clearTimeout(timer);
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
  let heard = (): void => undefined;

  const send = (ask: A): void => {
    if (current) {
      waiting = ask;
      return;
    }
    current = `${view}-${++count}`;
    timer = setTimeout(() => finish('The kernel did not answer. Is it busy or stopped?'), patience);
    heard = sendUntilHeard(model, { ...ask, type, id: current });
  };
  const finish = (error?: string): void => {
    clearTimeout(timer);
    heard();
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
    heard();
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
    heard();
    model.off('msg:custom', hear);
  });
  return send;
}
