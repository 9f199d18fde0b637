// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { chip, heavy, Kernel, light, standIn } from '../explorer/kernel.fake';
import explorer from './augmentation_explorer';

let kernel: Kernel;
let stop: AbortController;
const el = document.createElement('div');

function find<E extends Element = HTMLElement>(selector: string): E {
  const found = el.querySelector<E>(selector);
  if (!found) {
    throw new Error(`nothing matches ${selector}`);
  }
  return found;
}

function type(input: HTMLInputElement, value: string): void {
  input.value = value;
  input.dispatchEvent(new Event('input', { bubbles: true }));
}

function press(
  key: string,
  target: Element = find('.dcw-ax-grid'),
  type = 'keydown'
): KeyboardEvent {
  const event = new KeyboardEvent(type, { key, bubbles: true, cancelable: true });
  target.dispatchEvent(event);
  return event;
}

const text = (selector: string): string => find(selector).textContent;
const slider = (name: string) => find<HTMLInputElement>(`input[type=range][aria-label="${name}"]`);
const number = (name: string) => slider(name).nextElementSibling as HTMLInputElement;
const seed = () => find<HTMLInputElement>('.dcw-ax-seed input');

beforeEach(async () => {
  standIn();
  document.body.append(el);
  kernel = new Kernel();
  stop = new AbortController();
  const { model } = kernel;
  await explorer.render({ model, el, signal: stop.signal } as unknown as Parameters<
    typeof explorer.render
  >[0]);
});

afterEach(() => {
  stop.abort();
  el.replaceChildren();
  vi.unstubAllGlobals();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

async function open(): Promise<void> {
  await kernel.answer(); // the pictures
  await kernel.answer(); // the first draws
}

describe('opening', () => {
  it('says that the layers load, shows pictures first, then asks for draws', async () => {
    expect(text('[role=status]')).toContain('Loading the layers');
    expect(kernel.last).toMatchObject({ type: 'pictures', turn: 0 });

    await kernel.answer();

    expect(kernel.last).toMatchObject({ type: 'draw', seed: 4, fuse: false, chips: light });
    await kernel.answer();
    expect(text('[role=status]')).toBe('');
    expect(text('.dcw-ax-facts')).toBe('6 draws'); // the first takes long for reasons of its own
    expect(text('pre')).toBe('# code');
  });

  it('shows labels as text, never as markup', async () => {
    await open();

    expect(text('.dcw-ax-labels')).toBe('<b>cat</b>dog');
    expect(el.querySelector('b')).toBeNull();
  });

  it('keeps letters from JupyterLab', () => {
    expect(find('.dcw-root').dataset['lmSuppressShortcuts']).toBe('true');
  });

  it('gives every control a name', () => {
    const controls = [
      ...el.querySelectorAll<HTMLInputElement>('input, select, button, [tabindex]'),
    ];
    const nameless = controls.filter(
      (node) => !node.getAttribute('aria-label') && !node.textContent && !node.labels?.length
    );

    expect(controls.length).toBeGreaterThan(15);
    expect(nameless).toEqual([]);
  });
});

describe('a slider', () => {
  beforeEach(open);

  it('draws at once and tells Python', async () => {
    type(slider('Rotation, Turn, to'), '0.3');

    expect(kernel.chips[0]?.config).toEqual({ factor: [-0.1, 0.3] });
    expect(number('Rotation, Turn, to').value).toBe('0.3');
    await kernel.answer();
    expect(text('.dcw-ax-facts')).toBe('6 draws in 12 ms');
    expect(kernel.state._chips[0]?.config).toEqual({ factor: [-0.1, 0.3] });
    expect(kernel.saved).toBeGreaterThan(0);
  });

  it('has one request under way, and only the newest value waits', async () => {
    const before = kernel.asked.length;
    ['0.2', '0.3', '0.4'].forEach((value) => type(slider('Rotation, Turn, to'), value));

    expect(kernel.asked.length).toBe(before + 1);
    await kernel.answer();
    expect(kernel.asked.length).toBe(before + 2);
    expect(find('.dcw-ax-grid').ariaBusy).toBe('true');
    expect(kernel.chips[0]?.config).toEqual({ factor: [-0.1, 0.4] });
  });

  it('takes the other end along', () => {
    type(slider('Rotation, Turn, from'), '0.2');

    expect(slider('Rotation, Turn, to').value).toBe('0.2');
    expect(text('.dcw-ax-words')).toBe('always 72° left');
  });

  it('goes back to where the policy started', () => {
    const reset = find<HTMLButtonElement>('[aria-label="Reset Rotation, Turn"]');
    expect(reset.classList.contains('dcw-ax-hidden')).toBe(true);
    type(number('Rotation, Turn, to'), '0.33');
    expect(reset.classList.contains('dcw-ax-hidden')).toBe(false);

    reset.click();

    expect(slider('Rotation, Turn, to').value).toBe('0.1');
    expect(find<HTMLInputElement>('input[value=light]').checked).toBe(true);
  });
});

describe('a wrong number', () => {
  beforeEach(open);

  it.each(['', '0.7', '-3'])('"%s" is refused, and the last value stays', (value) => {
    const before = kernel.asked.length;

    type(number('Rotation, Turn, to'), value);

    expect(kernel.asked.length).toBe(before);
    expect(text('[role=status]')).toBe(
      'Rotation, Turn, to must lie between -0.5 and 0.5. The last value stays.'
    );
    expect(number('Rotation, Turn, to').getAttribute('aria-invalid')).toBe('true');
    type(number('Rotation, Turn, to'), '0.2');
    expect(number('Rotation, Turn, to').getAttribute('aria-invalid')).not.toBe('true');
  });

  it.each(['', '-1', '1.5', '1000000'])('the seed "%s" is refused', (value) => {
    const before = kernel.asked.length;

    type(seed(), value);

    expect(kernel.asked.length).toBe(before);
    expect(text('[role=status]')).toContain('whole number from 0 to 999999');
  });

  it('that Python refuses is shown until the next picture', async () => {
    type(slider('Rotation, Turn, to'), '0.3');
    await kernel.answer({ error: 'Step 1: no.' });
    expect(text('[role=status]')).toBe('Step 1: no.');
    expect(find('.dcw-root').dataset['trouble']).toBe('true');

    type(slider('Rotation, Turn, to'), '0.2');
    await kernel.answer();
    expect(text('[role=status]')).toBe('');
  });
});

describe('the layers', () => {
  beforeEach(open);
  const titles = () =>
    [...el.querySelectorAll('.dcw-ax-head label')].map((node) => node.textContent.trim());

  it('come from a preset', () => {
    find<HTMLInputElement>('input[value=heavy]').click();

    expect(titles()).toEqual(['Rotation', 'Noise']);
    expect(kernel.last.type).toBe('draw');
    expect(kernel.chips).toEqual(heavy);
  });

  it('move by button and by Alt and arrow, and keep the focus', async () => {
    find<HTMLInputElement>('input[value=heavy]').click();
    await kernel.answer();
    const down = find<HTMLButtonElement>('[aria-label="Move down: Rotation"]');
    down.focus();
    down.click();

    expect(titles()).toEqual(['Noise', 'Rotation']);
    expect(document.activeElement).toBe(down);
    expect(text('[role=status]')).toBe('Rotation is layer 2 of 2.');
    down.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'ArrowUp', altKey: true, bubbles: true })
    );
    expect(titles()).toEqual(['Rotation', 'Noise']);
  });

  it('are switched off, removed, and added with a key of their own', async () => {
    find<HTMLInputElement>('.dcw-ax-head input').click();
    expect(kernel.chips[0]?.on).toBe(false);
    await kernel.answer();

    find<HTMLButtonElement>('[aria-label="Remove: Rotation"]').click();
    expect(titles()).toEqual([]);
    await kernel.answer();

    find<HTMLSelectElement>('.dcw-ax-adder select').value = 'GaussianNoise';
    find<HTMLButtonElement>('.dcw-ax-adder button').click();
    expect(kernel.chips).toEqual([chip(1, 'GaussianNoise', { stddev: 0.05 })]);
    expect(document.activeElement).toBe(find('.dcw-ax-head input'));
  });

  it('are never more than Python takes', () => {
    const add = find<HTMLButtonElement>('.dcw-ax-adder button');
    [1, 2, 3].forEach(() => add.click());

    expect(titles()).toHaveLength(3);
    expect(text('[role=status]')).toBe('A policy holds at most 3 layers. Remove one first.');
  });
});

describe('keys', () => {
  beforeEach(open);

  it('R draws a new seed, not while Ctrl is held', () => {
    const ctrl = new KeyboardEvent('keydown', {
      key: 'r',
      ctrlKey: true,
      bubbles: true,
      cancelable: true,
    });
    find('.dcw-ax-grid').dispatchEvent(ctrl);
    expect([kernel.state.seed, ctrl.defaultPrevented]).toEqual([4, false]);
    vi.spyOn(Math, 'random').mockReturnValue(0.5);

    press('r', slider('Rotation, Turn, to'));

    expect(kernel.state.seed).toBe(5000);
    expect(seed().value).toBe('5000');
    expect(kernel.last).toMatchObject({ type: 'draw', seed: 5000 });
  });

  it('Space shows originals while it is held, and does not scroll', () => {
    const canvas = find('canvas');

    expect(press(' ').defaultPrevented).toBe(true);
    expect(canvas.dataset['originals']).toBe('true');
    press(' ', find('.dcw-ax-grid'), 'keyup');
    expect(canvas.dataset['originals']).toBe('false');
  });

  it('Space still presses a button', () => {
    expect(press(' ', find('.dcw-ax-toolbar button')).defaultPrevented).toBe(false);
    expect(find('canvas').dataset['originals']).toBeUndefined();
  });
});

describe('Python', () => {
  beforeEach(open);

  it('sets the seed, the policy and the pictures', async () => {
    kernel.model.set('seed', 9);
    expect(kernel.last).toMatchObject({ type: 'draw', seed: 9 });
    await kernel.answer();

    kernel.tell('msg:custom', { event: 'policy', chips: heavy, fuse: true });
    expect(kernel.last).toMatchObject({ chips: heavy, fuse: true });
    expect(find<HTMLInputElement>('.dcw-ax-warp input').checked).toBe(true);
    await kernel.answer();

    kernel.tell('msg:custom', { event: 'turn', turn: 5 });
    expect(kernel.last).toMatchObject({ type: 'pictures', turn: 5 });
  });

  it('is said to be late when it is', () => {
    vi.useFakeTimers();
    type(slider('Rotation, Turn, to'), '0.3');

    vi.advanceTimersByTime(2000);

    expect(text('[role=status]')).toBe('Waiting for the kernel …');
  });

  it('is not listened to once the view is closed', () => {
    stop.abort();

    expect(kernel.listening()).toBe(0);
  });
});
