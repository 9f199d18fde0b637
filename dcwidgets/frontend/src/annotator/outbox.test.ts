// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import type { Call } from '../shared/calls';
import type { Shelf } from './outbox';
import { Outbox, shelf, sign } from './outbox';

interface Asked {
  fields: Record<string, unknown>;
  answer: (reply: object) => void;
  fail: (reason: string) => void;
}

let asked: Asked[];
let box: Outbox;
const refused = vi.fn();
const saved = vi.fn();

const call = ((_: string, fields: Record<string, unknown>) =>
  new Promise((resolve, reject) => {
    asked.push({
      fields,
      answer: (reply) => resolve({ reply, buffers: [] }),
      fail: (reason) => reject(new Error(reason)),
    });
  })) as unknown as Call;

function outbox(place: Shelf): Outbox {
  return new Outbox({ call, shelf: place, saved, refused, told: () => undefined });
}

async function after(act: () => void): Promise<void> {
  act();
  await vi.advanceTimersByTimeAsync(0);
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  sessionStorage.clear();
  asked = [];
  refused.mockClear();
  saved.mockClear();
  box = outbox(shelf('store'));
});
afterEach(() => {
  box.close();
  vi.useRealTimers();
});

it('says saved only after the kernel said so', async () => {
  expect(sign(box, false, Date.now())).toBe('nothing to save yet');
  box.add('p', { label: 'cat' });
  expect(sign(box, false, Date.now())).toBe('saving …');

  await after(() => asked[0]!.answer({}));
  expect(sign(box, false, Date.now() + 2_000)).toBe('saved 2 s ago');
});

it('sends in order, one at a time', async () => {
  box.add('p', { label: 'cat' });
  box.add('p', { label: 'dog' });
  expect(asked.map(({ fields }) => fields['label'])).toEqual(['cat']);

  await after(() => asked[0]!.answer({}));
  expect(asked.map(({ fields }) => fields['label'])).toEqual(['cat', 'dog']);
});

it('keeps what a full disk refused, says why, and tries again', async () => {
  box.add('p', { label: 'cat' });
  await after(() => asked[0]!.fail('No space left on device.'));

  expect(sign(box, false, Date.now())).toBe(
    'not saved: No space left on device. 1 change is kept in this page and tried again.'
  );
  await vi.advanceTimersByTimeAsync(5_000);
  await after(() => asked[1]!.answer({}));
  expect(box.entries).toEqual([]);
  expect(sign(box, false, Date.now())).toBe('saved 0 s ago');
});

it('gives up on what the kernel will never take, and goes on', async () => {
  box.add('p', { label: 'cow' });
  box.add('p', { label: 'cat' });
  await after(() => asked[0]!.answer({ refused: 'no such class' }));

  expect(refused).toHaveBeenCalledWith({ picture: 'p', change: { label: 'cow' } }, 'no such class');
  expect(asked[1]!.fields['label']).toBe('cat');
});

it('says so when the kernel is gone', () => {
  box.add('p', { label: 'cat' });
  box.add('q', { label: 'cat' });
  expect(sign(box, true, Date.now())).toBe(
    'not saved yet: the kernel does not answer. 2 changes are kept in this page.'
  );
});

it('hands what it could not save to the next view of the store, and to that alone', async () => {
  box.add('p', { label: 'cat' });
  const beside = outbox(shelf('store'));
  beside.start();
  expect(beside.entries).toEqual([]); // the first view still lives
  box.close();

  const other = outbox(shelf('another store'));
  other.start();
  expect(other.entries).toEqual([]);
  const next = outbox(shelf('store'));
  next.start();
  expect(next.entries).toEqual([{ picture: 'p', change: { label: 'cat' } }]);
  await after(() => asked.at(-1)!.answer({}));
  expect(sessionStorage.length).toBe(0);
  [beside, other, next].forEach((one) => one.close());
});

it('lets undo wait until everything is on disk', async () => {
  const done = vi.fn();
  box.add('p', { label: 'cat' });
  void box.settled().then(done);
  await vi.advanceTimersByTimeAsync(10);
  expect(done).not.toHaveBeenCalled();
  await after(() => asked[0]!.answer({}));
  expect(done).toHaveBeenCalled();
});

it('works in a frame that has no storage', () => {
  const own = Object.getOwnPropertyDescriptor(globalThis, 'sessionStorage')!;
  Object.defineProperty(globalThis, 'sessionStorage', {
    configurable: true,
    get: () => {
      throw new DOMException('Access is denied for this document.', 'SecurityError');
    },
  });
  const first = outbox(shelf('store'));
  Object.defineProperty(globalThis, 'sessionStorage', own);

  first.add('p', { label: 'cat' });
  expect(first.entries).toEqual([{ picture: 'p', change: { label: 'cat' } }]);
  expect(sessionStorage.length).toBe(0);
  first.close();
});
