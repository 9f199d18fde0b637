import type { AnyModel } from '@anywidget/types';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { caller, latest } from './calls';

class FakeModel {
  sent: { type: string; id: string; buffers: unknown[] }[] = [];
  private hear: ((reply: object, buffers: DataView[]) => void) | null = null;

  send(content: { type: string; id: string }, _: unknown, buffers: unknown[]): void {
    this.sent.push({ ...content, buffers });
  }
  on(_: string, hear: (reply: object, buffers: DataView[]) => void): void {
    this.hear = hear;
  }
  off(): void {
    this.hear = null;
  }
  answer(reply: object): void {
    this.hear?.(reply, []);
  }
}

describe('caller', () => {
  let model: FakeModel;
  let abort: AbortController;

  beforeEach(() => {
    vi.useFakeTimers();
    model = new FakeModel();
    waiting.mockClear();
    abort = new AbortController();
  });
  afterEach(() => vi.useRealTimers());

  const waiting = vi.fn();
  const ask = (): ReturnType<typeof caller> =>
    caller(model as unknown as AnyModel, abort.signal, waiting, 1000);

  it('gives each answer to the one who asked, in whatever order they come', async () => {
    const call = ask();
    const both = Promise.all([call('a'), call('b')]);
    const [first, second] = model.sent;
    model.answer({ id: second!.id, n: 2 });
    model.answer({ id: first!.id, n: 1 });
    expect((await both).map(({ reply }) => (reply as { n?: number }).n)).toEqual([1, 2]);
  });

  it('rejects with the sentence of the kernel', async () => {
    const asked = ask()('a');
    model.answer({ id: model.sent[0]!.id, error: 'row 9 is outside the table of 5 rows.' });
    await expect(asked).rejects.toThrow('row 9 is outside');
  });

  it('asks once more where nobody answers soon, with the same id and buffers', () => {
    const rows = new Uint32Array([7]);
    void ask()('a', { n: 1 }, [rows]);
    vi.advanceTimersByTime(999);
    expect(model.sent).toHaveLength(1);
    vi.advanceTimersByTime(60_000);
    const [first, second, ...more] = model.sent;
    expect(second).toEqual({ ...first, again: true });
    expect(second!.buffers).toEqual([rows]);
    expect(more).toEqual([]);
  });

  it('tells of a kernel that is gone, before it is asked or between its two chances', async () => {
    const call = ask();
    void call('a');
    model.send = () => {
      throw new Error('Cannot send');
    };
    await expect(call('b')).rejects.toThrow('Cannot send');
    expect(() => vi.advanceTimersByTime(60_000)).not.toThrow();
    expect(waiting).toHaveBeenCalledWith(true);
  });

  it('asks once where the answer comes soon, or the view is closed', () => {
    const call = ask();
    void call('a');
    model.answer({ id: model.sent[0]!.id });
    void call('b');
    abort.abort();
    vi.advanceTimersByTime(60_000);
    expect(model.sent.map(({ type }) => type)).toEqual(['a', 'b']);
  });

  it('ignores answers to others and events', () => {
    const answered = vi.fn();
    void ask()('a').then(answered, answered);
    model.answer({ id: 'another view' });
    model.answer({ event: 'state' });
    expect(answered).not.toHaveBeenCalled();
  });

  it('says that it waits for a busy kernel, and takes its answer an hour later', async () => {
    const asked = ask()('a');
    vi.advanceTimersByTime(3_600_000);
    expect(waiting.mock.calls).toEqual([[true]]);
    model.answer({ id: model.sent[0]!.id, n: 3 });
    expect(((await asked).reply as { n?: number }).n).toBe(3);
    expect(waiting.mock.calls).toEqual([[true], [false]]);
  });

  it('stops listening when its view closes', () => {
    const answered = vi.fn();
    void ask()('a').then(answered, answered);
    abort.abort();
    model.answer({ id: model.sent[0]!.id });
    vi.advanceTimersByTime(5000);
    expect(answered).not.toHaveBeenCalled();
  });
});

describe('latest', () => {
  it('runs one at a time and skips all but the newest', async () => {
    const seen: number[] = [];
    const open: (() => void)[] = [];
    const run = latest(async (n: number) => {
      seen.push(n);
      await new Promise<void>((resolve) => open.push(resolve));
    });
    [1, 2, 3].forEach(run);
    open.shift()!();
    await vi.waitFor(() => expect(seen).toEqual([1, 3]));
  });
});
