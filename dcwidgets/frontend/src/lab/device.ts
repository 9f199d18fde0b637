import type { Kernel } from '@jupyterlab/services';

import { fields, word } from './lessons';

/** Evaluated in the kernel beside an empty cell: no name is bound, no history written. */
const EXPRESSION =
  "__import__('dcwidgets.course.hardware', fromlist=['device']).device(quick=True)";

type Asked = Pick<Kernel.IKernelConnection, 'status' | 'requestExecute'>;

/** What the kernel computes on, empty where it cannot tell; null where it is busy: ask later. */
export async function askDevice(kernel: Asked): Promise<string | null> {
  if (kernel.status !== 'idle') {
    return null;
  }
  const future = kernel.requestExecute({
    code: '',
    silent: true,
    store_history: false,
    user_expressions: { device: EXPRESSION },
    allow_stdin: false,
    stop_on_error: false,
  });
  const { content } = await future.done;
  return content.status === 'ok' ? readDevice(content.user_expressions) : '';
}

/** The text of the expression's answer, which arrives as Python writes a string. */
export function readDevice(expressions: unknown): string {
  const answer = fields(fields(expressions)['device']);
  const repr = word(fields(answer['data'])['text/plain']);
  return answer['status'] === 'ok' ? repr.replace(/^(['"])(.*)\1$/s, '$2') : '';
}
