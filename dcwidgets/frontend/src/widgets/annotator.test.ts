// @vitest-environment jsdom
import type { AnyModel } from '@anywidget/types';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { changed, stateOf } from '../annotator/said';
import type { Traits } from '../annotator/session';
import type { Change, Proposal, Said } from '../annotator/types';
import annotator from './annotator';

type Asked = Record<string, unknown> & { type: string; id: string };
type Listener = (...values: never[]) => unknown;
type Board = Map<string, Said | null>;

const PROPOSED: Proposal[] = [
  { id: 'label', label: 'cat' },
  { id: 'p0', label: 'cat', x: 5, y: 5, w: 20, h: 20 },
];

/** A kernel with a store in memory; it answers at once, or not at all while `dead`. */
class Kernel {
  readonly asked: Asked[] = [];
  dead = false;
  full = false;
  at = 0;
  n = 5;
  settings = { boxes: true, hidden: false, advance: false, proposing: true };
  private history: Board[] = [new Map<string, Said | null>()];
  private undone: Board[] = [];
  private readonly listeners = new Map<string, Set<Listener>>();

  readonly model = {
    get: () => this.at,
    set: (_: string, value: number) => {
      this.at = value;
      this.tell('change:_at');
    },
    save_changes: () => undefined,
    send: (content: Asked) => this.hear(content),
    on: (name: string, hear: Listener) => this.on(name).add(hear),
    off: (name: string, hear: Listener) => this.on(name).delete(hear),
  } as unknown as AnyModel<Traits>;

  get board(): Board {
    return this.history.at(-1)!;
  }

  said(row: number): Said | null {
    return this.board.get(`id${row}`) ?? null;
  }

  tell(name: string, ...values: unknown[]): void {
    this.on(name).forEach((hear) => void hear(...(values as never[])));
  }

  pictures(): unknown[] {
    return this.asked.filter(({ type }) => type === 'picture').map((one) => one['row']);
  }

  saves(): Asked[] {
    return this.asked.filter(({ type }) => type === 'save');
  }

  listening(): number {
    return [...this.listeners.values()].reduce((sum, heard) => sum + heard.size, 0);
  }

  private state(): object {
    const classes = ['cat', 'dog', '<b>cow</b>'];
    const done = [...this.board.values()].filter(Boolean).length;
    const undo = this.history.length > 1;
    const gold = done ? [done, done] : [0, 0];
    return { undo, redo: this.undone.length > 0, classes, known: classes, done, gold, pace: 1.5 };
  }

  private hear(content: Asked): void {
    this.asked.push(content);
    if (!this.dead) {
      const picture = new DataView(new ArrayBuffer(4));
      setTimeout(() =>
        this.tell('msg:custom', { id: content.id, ...this.answer(content) }, [picture])
      );
    }
  }

  private answer(content: Asked): object {
    const row = content['row'] as number;
    switch (content.type) {
      case 'open':
        return {
          ...{
            ...this.settings,
            ...this.state(),
            name: 'toy',
            n: this.n,
            at: this.at,
            store: 'here',
          },
          ...{
            file: 'labels.jsonl',
            tags: ['occluded'],
            guide: { cat: '<i>ears</i>' },
            examples: {},
          },
        };
      case 'thumbnails':
        return { columns: 1 };
      case 'picture':
        return { row, picture: `id${row}`, width: 100, height: 80, trouble: '', ...this.all(row) };
      case 'look':
        return { row, picture: `id${row}`, ...this.all(row), ...this.state() };
      case 'save':
        return this.save(content);
      default:
        return this.step(content.type === 'undo');
    }
  }

  private all(row: number): object {
    return { record: this.said(row), proposals: row === 2 ? PROPOSED : [] };
  }

  private save(content: Asked): object {
    if (this.full) {
      return { error: 'No space left on device.' };
    }
    const picture = content['picture'] as string;
    const record = changed(this.board.get(picture) ?? null, content as Change);
    this.history.push(new Map(this.board).set(picture, record));
    this.undone = [];
    return { picture, record, ...this.state() };
  }

  private step(back: boolean): object {
    const board = back ? this.history.pop() : this.undone.pop();
    if (!board || !this.history.length) {
      this.history.push(...(board ? [board] : []));
      return { row: null, n: 0, ...this.state() };
    }
    (back ? this.undone : this.history).push(board);
    const other = back ? this.board : this.history.at(-2)!;
    const row = [0, 1, 2, 3, 4].find((k) => board.get(`id${k}`) !== other.get(`id${k}`)) ?? 0;
    const record = this.said(row);
    const told = { row, picture: `id${row}`, record, state: stateOf(record), label: 0 };
    this.tell('msg:custom', { event: 'changed', ...told, ...this.state() }, []);
    return { row, n: 1, ...this.state() };
  }

  private on(name: string): Set<Listener> {
    const heard = this.listeners.get(name) ?? new Set<Listener>();
    this.listeners.set(name, heard);
    return heard;
  }
}

class Observer {
  observe(): void {
    return;
  }
  disconnect(): void {
    return;
  }
}

let kernel: Kernel;
let stop: AbortController;
let el: HTMLElement;

function find<E extends Element = HTMLElement>(selector: string): E {
  const found = el.querySelector<E>(selector);
  if (!found) {
    throw new Error(`nothing matches ${selector}`);
  }
  return found;
}

const text = (selector: string): string => find(selector).textContent;
const sign = (): string => text('.dcw-an-saved > span');
const stage = (): HTMLElement => find('.dcw-an-stage');

function press(key: string, more: KeyboardEventInit = {}, target: Element = stage()): boolean {
  const code = /^\d$/.test(key) ? `Digit${key}` : '';
  const options = { key, code, bubbles: true, cancelable: true, ...more };
  const event = new KeyboardEvent('keydown', options);
  target.dispatchEvent(event);
  target.dispatchEvent(new KeyboardEvent('keyup', options));
  return event.defaultPrevented;
}

const rest = (): Promise<void> => vi.advanceTimersByTimeAsync(100).then(() => undefined);

async function open(settings: Partial<Kernel['settings']> = {}): Promise<void> {
  stop = new AbortController();
  Object.assign(kernel.settings, settings);
  const { model } = kernel;
  const shown = annotator.render({ model, el, signal: stop.signal } as unknown as Parameters<
    typeof annotator.render
  >[0]);
  await rest();
  await shown;
  await rest();
}

beforeEach(() => {
  vi.useFakeTimers();
  // jsdom draws nothing; what is drawn is seen in the browser tests.
  vi.stubGlobal('createImageBitmap', () =>
    Promise.resolve({ close: () => undefined, width: 8, height: 8 })
  );
  vi.stubGlobal('ResizeObserver', Observer);
  vi.stubGlobal('IntersectionObserver', Observer);
  vi.stubGlobal('matchMedia', () => ({ addEventListener: () => undefined }));
  vi.stubGlobal('CSS', { escape: (name: string) => name });
  HTMLCanvasElement.prototype.getContext = () => null;
  sessionStorage.clear();
  el = document.createElement('div');
  document.body.replaceChildren(el);
  kernel = new Kernel();
});

afterEach(() => {
  stop.abort();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('keys', () => {
  it('label the picture and its next box by digits', async () => {
    await open();
    press('2');
    await rest();
    expect(kernel.said(0)?.label).toBe('dog');

    press('w');
    press('Enter');
    await rest();
    expect(kernel.said(0)?.boxes).toEqual([]); // the stage of jsdom has no size: a slip
    expect(text('.dcw-an-foot .dcw-status')).toContain('below 3 pixels');
  });

  it('are left to whoever types', async () => {
    await open();
    const note = find<HTMLInputElement>('.dcw-an-note input');
    expect(press('d', {}, note)).toBe(false);
    expect(press('z', { ctrlKey: true }, note)).toBe(false);
    expect(kernel.at).toBe(0);

    note.value = 'tail';
    press('Enter', {}, note);
    await rest();
    expect(kernel.said(0)?.note).toBe('tail');
  });

  it.each(['w', 'q', 'r', 'u', 'o', 'l', 'd', 'j', 'h'])(
    'leave Ctrl+%s to the browser',
    async (key) => {
      await open();
      expect(press(key, { ctrlKey: true })).toBe(false);
      await rest();
      expect(kernel.saves()).toEqual([]);
    }
  );

  it('walk the queue and stop at its ends', async () => {
    await open();
    press('a');
    expect(kernel.at).toBe(0);
    ['d', 'PageDown', 'd', 'd', 'd', 'd'].forEach((key) => press(key));
    expect(kernel.at).toBe(4);
    press('PageUp');
    expect(kernel.at).toBe(3);
  });

  it('set and take back the status; skip goes on', async () => {
    await open();
    press(' ');
    await rest();
    expect(kernel.said(0)?.status).toBe('verified');
    press(' ');
    await rest();
    expect(kernel.said(0)?.status).toBe('labeled');
    press('s');
    await rest();
    expect(kernel.said(0)?.status).toBe('skipped');
    expect(kernel.at).toBe(1);
  });

  it('keep from JupyterLab what they do', async () => {
    await open();
    const heard = vi.fn();
    document.addEventListener('keydown', heard);
    press('d');
    document.removeEventListener('keydown', heard);

    expect(heard).not.toHaveBeenCalled();
    expect(find('.dcw-root').dataset['lmSuppressShortcuts']).toBe('true');
  });

  it('move a box in bursts, each one edit', async () => {
    await open();
    press('2', {}, stage());
    ['d', 'd'].forEach((key) => press(key));
    await rest();
    press('b'); // selects the proposed box
    const down = { bubbles: true, cancelable: true };
    for (let turn = 0; turn < 5; turn++) {
      stage().dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', ...down }));
    }
    stage().dispatchEvent(
      new KeyboardEvent('keydown', { key: 'ArrowDown', altKey: true, ...down })
    );
    expect(sign()).toBe('saving …');
    stage().dispatchEvent(new KeyboardEvent('keyup', { key: 'ArrowRight', ...down }));
    await rest();

    expect(kernel.saves()).toHaveLength(2);
    expect(kernel.said(2)?.boxes).toMatchObject([
      { id: 'p0', x: 10, y: 5, w: 20, h: 21, source: 'model, edited' },
    ]);
  });
});

it('chooses a class from the list and comes back to the picture', async () => {
  await open();
  stage().focus();
  press('e', { ctrlKey: true });
  const first = document.activeElement as HTMLElement;
  expect(first.dataset['name']).toBe('cat');
  first.click(); // as Enter does
  await rest();

  expect(document.activeElement).toBe(stage());
  expect(kernel.said(0)?.label).toBe('cat');
});

it('gives the keys back to the picture after a click with the mouse', async () => {
  await open();
  const next = find('[aria-label="Next picture"]');
  next.focus();
  next.dispatchEvent(new MouseEvent('click', { bubbles: true, detail: 1 }));

  expect(document.activeElement).toBe(stage());
  expect(kernel.at).toBe(1);
});

it('asks for a few pictures only while a key is held, and for the last one in the end', async () => {
  await open();
  kernel.n = 500;
  stop.abort();
  el.replaceChildren();
  await open();
  const before = kernel.pictures().length;
  for (let turn = 0; turn < 100; turn++) {
    press('d');
  }
  expect(kernel.pictures().length - before).toBeLessThan(5);
  await rest();
  expect(kernel.pictures()).toContain(100);
  expect(kernel.pictures().length - before).toBeLessThan(10);
});

describe('undo', () => {
  it('goes across pictures, and back again', async () => {
    await open();
    press('1');
    press('d');
    await rest();
    press('2');
    press('d');
    await rest();
    press('z', { ctrlKey: true });
    press('z', { ctrlKey: true });
    await rest();

    expect([kernel.said(0), kernel.said(1)]).toEqual([null, null]);
    expect(kernel.at).toBe(0);
    press('y', { ctrlKey: true });
    press('z', { ctrlKey: true, shiftKey: true });
    await rest();
    expect(kernel.said(1)?.label).toBe('dog');
    press('z', { ctrlKey: true });
    await rest();
    expect(text('.dcw-an-foot .dcw-status')).toBe('Undone: picture 2.');
  });
});

it('does not pull the reader back to what an undo changed', async () => {
  await open();
  ['1', 'd'].forEach((key) => press(key));
  await rest();
  press('z', { ctrlKey: true });
  ['d', 'd'].forEach((key) => press(key));
  await rest();

  expect(kernel.said(0)).toBeNull();
  expect(kernel.at).toBe(3);
});

describe('proposals', () => {
  beforeEach(async () => {
    await open();
    press('d');
    press('d');
    await rest();
  });

  it('are accepted one by one, or all at once', async () => {
    expect(text('.dcw-an-panel')).toContain('Picture: perhaps a cat (Y)');
    press('y');
    await rest();
    expect(kernel.said(2)).toMatchObject({ label: 'cat', boxes: [] });
    press('Y', { shiftKey: true });
    await rest();
    expect(kernel.said(2)?.boxes).toMatchObject([{ id: 'p0', source: 'model' }]);
    expect(text('[role=group][aria-label=Proposals] button')).toBe('Accept');
  });

  it('are turned down for good', async () => {
    press('b');
    press('Delete');
    await rest();
    expect(kernel.said(2)?.tags).toEqual(['rejected:p0']);
    expect(text('[role=group][aria-label=Proposals] button')).toBe('Accept (1)');
  });

  it('can be hidden, and are not accepted unseen', async () => {
    press('h');
    expect(text('.dcw-an-panel')).toContain('Picture: no class yet');
    press('y');
    await rest();
    expect(kernel.saves()).toEqual([]);
    expect(find('[aria-label="Hide proposals"]').getAttribute('aria-pressed')).toBe('true');
  });
});

describe('saving', () => {
  it('is claimed only when the kernel has answered', async () => {
    await open();
    kernel.dead = true;
    press('1');
    expect(sign()).toBe('saving …');
    await vi.advanceTimersByTimeAsync(4_000);
    expect(sign()).toContain('not saved yet: the kernel does not answer. 1 change is kept');
  });

  it('keeps and shows what a full disk refuses, then saves it', async () => {
    await open();
    kernel.full = true;
    press('1');
    await rest();
    expect(sign()).toContain('not saved: No space left on device.');
    expect(text('.dcw-an-classes [aria-pressed=true] .dcw-an-name')).toBe('cat');

    kernel.full = false;
    find('.dcw-an-saved button').click();
    await rest();
    expect(kernel.said(0)?.label).toBe('cat');
    expect(sign()).toMatch(/^saved/);
  });

  it('goes on in the next view when this one is closed', async () => {
    await open();
    kernel.dead = true;
    press('1');
    await rest();
    stop.abort();
    el.replaceChildren();
    kernel = new Kernel();
    await open();
    expect(kernel.said(0)?.label).toBe('cat');
  });

  it('tells how long the picture took', async () => {
    await open();
    await vi.advanceTimersByTimeAsync(7_000);
    press('1');
    await rest();
    expect(kernel.saves()[0]?.['spent']).toBeGreaterThan(6.9);
    expect(kernel.saves()[0]?.['spent']).toBeLessThan(8);
  });
});

it('goes on by itself where only classes are given', async () => {
  await open({ boxes: false, advance: true });
  press('1');
  await rest();
  expect(kernel.said(0)?.label).toBe('cat');
  expect(kernel.at).toBe(1);
  press('w');
  expect(text('.dcw-an-foot .dcw-status')).toBe('This annotator gives classes only.');
});

it('shows the work of others', async () => {
  await open();
  const record = changed(null, { label: 'dog' });
  const told = { event: 'changed', row: 0, picture: 'id0', record, state: 1, label: 2 };
  kernel.tell('msg:custom', told, []);
  await rest();
  expect(stage().getAttribute('aria-label')).toBe('Picture 1 of 5, dog, 0 boxes');
});

it('shows names and guidelines as text, never as markup', async () => {
  await open();
  expect(text('.dcw-an-classes')).toContain('<b>cow</b>');
  expect(text('.dcw-an-guide')).toContain('<i>ears</i>');
  expect(el.querySelector('b, i')).toBeNull();
});

it('gives every control a name', async () => {
  await open();
  const controls = [...el.querySelectorAll<HTMLInputElement>('input, select, button, [tabindex]')];
  const nameless = controls.filter(
    (node) => !node.getAttribute('aria-label') && !node.textContent && !node.labels?.length
  );
  expect(controls.length).toBeGreaterThan(20);
  expect(nameless).toEqual([]);
});

it('stops listening when its view closes', async () => {
  await open();
  stop.abort();
  expect(kernel.listening()).toBe(0);
});
