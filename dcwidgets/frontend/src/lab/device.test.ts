import { expect, test, vi } from 'vitest';

import { askDevice, readDevice } from './device';

const answer = (repr: string): object => ({
  device: { status: 'ok', data: { 'text/plain': repr }, metadata: {} },
});

test.each([
  ["'2 CPU cores'", '2 CPU cores'],
  ['"Bob\'s GPU"', "Bob's GPU"],
])('the answer %s is read as Python writes it', (repr, text) => {
  expect(readDevice(answer(repr))).toBe(text);
});

test.each([[null], [{}], [{ device: { status: 'error', ename: 'ModuleNotFoundError' } }]])(
  'a kernel that cannot tell leaves the badge empty: %j',
  (expressions) => {
    expect(readDevice(expressions)).toBe('');
  }
);

test('a busy kernel is not asked', async () => {
  const requestExecute = vi.fn();

  expect(await askDevice({ status: 'busy', requestExecute })).toBeNull();
  expect(requestExecute).not.toHaveBeenCalled();
});

test('an idle kernel is asked without a trace in its history', async () => {
  const content = { status: 'ok', user_expressions: answer("'2 CPU cores'") };
  const requestExecute = vi.fn(() => ({ done: Promise.resolve({ content }) }));
  const kernel = { status: 'idle', requestExecute } as unknown as Parameters<typeof askDevice>[0];

  expect(await askDevice(kernel)).toBe('2 CPU cores');
  expect(requestExecute).toHaveBeenCalledWith(
    expect.objectContaining({ code: '', silent: true, store_history: false, stop_on_error: false })
  );
});
