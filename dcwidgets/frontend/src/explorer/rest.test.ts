import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { Rest } from './rest';

let done: string[];
let open: (() => void)[];
let rest: Rest;
let stop: AbortController;

beforeEach(() => {
  vi.useFakeTimers();
  done = [];
  open = [];
  stop = new AbortController();
  const slow = (name: string) => () =>
    new Promise<void>((resolve) => {
      done.push(name);
      open.push(resolve);
    });
  rest = new Rest(100, [slow('a'), slow('b')], stop.signal);
});

afterEach(() => {
  vi.useRealTimers();
});

async function answer(): Promise<void> {
  open.shift()?.();
  await vi.advanceTimersByTimeAsync(0);
}

it('does one task after the other, some time after the last movement', async () => {
  rest.settle();
  vi.advanceTimersByTime(90);
  rest.settle();
  vi.advanceTimersByTime(90);
  expect(done).toEqual([]);

  vi.advanceTimersByTime(10);
  expect(done).toEqual(['a']);
  await answer();
  expect(done).toEqual(['a', 'b']);
});

it('leaves the rest for the next rest when something moves', async () => {
  rest.settle();
  vi.advanceTimersByTime(100);
  rest.disturb();
  await answer();

  expect(done).toEqual(['a']);
  rest.settle();
  await vi.advanceTimersByTimeAsync(100);
  expect(done).toEqual(['a', 'a']);
});

it('does at once what is wanted at rest, and later what is wanted before', async () => {
  rest.nudge();
  expect(done).toEqual([]);
  rest.settle();
  vi.advanceTimersByTime(100);
  rest.nudge();
  await answer();
  await answer();

  expect(done).toEqual(['a', 'b', 'a']);
});

it('does nothing more once the view is closed', () => {
  rest.settle();
  stop.abort();
  vi.advanceTimersByTime(1000);

  expect(done).toEqual([]);
});
