// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Explorer } from './explorer';
import { type Asked, heavy, Kernel, light, standIn } from './kernel.fake';
import type { PinRow } from './types';

let kernel: Kernel;
let stop: AbortController;
let root: HTMLElement;

beforeEach(async () => {
  standIn();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  kernel = new Kernel();
  Object.assign(kernel.answers, {
    pictures: ({ turn }: Asked) => ({ turn, labels: ['cat', 'dog'] }),
    draw: ({ n, seed }: Asked) => ({ n, seed, turn: 0, ms: 12, code: '# code' }),
    pins: () => ({ pins: [], columns: 1 }),
    details: () => ({
      words: ['one', 'two', 'three', 'four', 'five', 'six'],
      before: [[1, 1, 4, 4], null],
      after: [[2, 2, 4, 4], [0, 0, 1, 1], null, null, null, null],
      problem: '',
    }),
    extremes: () => ({
      places: [
        [1, 'factor', 0],
        [1, 'factor', 1],
      ],
      columns: 2,
      size: 64,
    }),
    texts: () => ({ code: '# code', map: '# map', json: '{"format": 1}', problem: '' }),
    pin: () => ({ number: 1 }),
    unpin: () => ({}),
    safety: () => ({}),
    effect: () => ({}),
  });
  stop = new AbortController();
  const explorer = new Explorer(kernel.model, stop.signal);
  root = explorer.root;
  document.body.append(root);
  explorer.start();
  await drawn();
});

afterEach(() => {
  stop.abort();
  root.remove();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const drawn = () => vi.advanceTimersByTimeAsync(0);
const rest = () => vi.advanceTimersByTimeAsync(200);
const longRest = () => vi.advanceTimersByTimeAsync(1000);

function find<E extends Element = HTMLElement>(selector: string): E {
  const found = root.querySelector<E>(selector);
  if (!found) {
    throw new Error(`nothing matches ${selector}`);
  }
  return found;
}

const cell = (tile: number) => root.querySelectorAll<HTMLElement>('[role=gridcell]')[tile]!;
const text = (selector: string) => find(selector).textContent;
const titles = () =>
  [...root.querySelectorAll('.dcw-ax-head label')].map((node) => node.textContent.trim());
const drawnChips = () => kernel.of('draw').at(-1)!['chips'];

function button(name: string): HTMLButtonElement {
  const all = [...root.querySelectorAll('button')];
  const found = all.find((node) => name === (node.ariaLabel ?? node.textContent));
  if (!found) {
    throw new Error(`no button is called ${name}`);
  }
  return found;
}

function press(key: string, target: Element = find('.dcw-ax-grid'), more: object = {}): boolean {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
  target.dispatchEvent(event);
  return event.defaultPrevented;
}

function slide(...values: string[]): void {
  const slider = find<HTMLInputElement>('input[aria-label="Rotation, Turn, to"]');
  slider.dispatchEvent(new Event('pointerdown', { bubbles: true }));
  for (const value of values) {
    slider.value = value;
    slider.dispatchEvent(new Event('input', { bubbles: true }));
  }
  window.dispatchEvent(new Event('pointerup'));
}

const turn = () => find<HTMLInputElement>('input[aria-label="Rotation, Turn, to"]').value;

describe('undo', () => {
  it('takes a whole gesture back, by button and by key', async () => {
    slide('0.2', '0.3', '0.4');
    slide('0.45', '0.5');
    await drawn();

    button('Undo').click();
    await drawn();
    expect(turn()).toBe('0.4');
    expect(press('z', find('.dcw-ax-grid'), { ctrlKey: true })).toBe(true);
    await drawn();
    expect(turn()).toBe('0.1');
    expect(drawnChips()).toEqual(light);

    press('Z', find('.dcw-ax-grid'), { ctrlKey: true, shiftKey: true });
    press('y', find('.dcw-ax-grid'), { ctrlKey: true });
    expect(turn()).toBe('0.5');
    expect(kernel.state._chips[0]?.config).toEqual({ factor: [-0.1, 0.1] });
    await drawn();
    expect(kernel.state._chips[0]?.config).toEqual({ factor: [-0.1, 0.5] });
  });

  it('brings policies, seeds and the warp back', () => {
    find<HTMLInputElement>('input[value=heavy]').click();
    press('r');
    find<HTMLInputElement>('.dcw-ax-warp input').click();

    [1, 2, 3].forEach(() => press('z', find('.dcw-ax-grid'), { ctrlKey: true }));

    expect(titles()).toEqual(['Rotation']);
    expect(find<HTMLInputElement>('.dcw-ax-seed input').value).toBe('4');
    expect(find<HTMLInputElement>('.dcw-ax-warp input').checked).toBe(false);
    expect(find<HTMLInputElement>('input[value=light]').checked).toBe(true);
    press('y', find('.dcw-ax-grid'), { ctrlKey: true });
    expect(titles()).toEqual(['Rotation', 'Noise']);
    find<HTMLButtonElement>('[aria-label="Reset Rotation, Turn"]').click();
    expect(turn()).toBe('0.5'); // reset goes to what the preset holds, not to another one's
  });

  it('keeps the focus where the last step switches its button off', () => {
    slide('0.2');
    const undo = button('Undo');
    undo.focus();
    undo.click();

    expect(document.activeElement).toBe(undo);
    expect(undo.getAttribute('aria-disabled')).toBe('true');
    undo.click();
    expect(text('[role=status]')).toBe('Nothing to undo.');
  });

  it('leaves text that is being written to the browser', () => {
    expect(press('z', find('textarea'), { ctrlKey: true })).toBe(false);
  });
});

describe('a layer', () => {
  it('is duplicated behind itself, with a key and values of its own', async () => {
    slide('0.3');
    button('Duplicate: Rotation').click();
    await drawn();

    expect(titles()).toEqual(['Rotation', 'Rotation']);
    expect(drawnChips()).toMatchObject([
      { key: 1, config: { factor: [-0.1, 0.3] } },
      { key: 2, config: { factor: [-0.1, 0.3] } },
    ]);
    button('Duplicate: Rotation').click();
    button('Duplicate: Rotation').click();
    expect(titles()).toHaveLength(3);
    expect(text('[role=status]')).toBe('A policy holds at most 3 layers. Remove one first.');
  });

  it('is dragged by its handle to another place, and back by Escape', async () => {
    find<HTMLInputElement>('input[value=heavy]').click();
    const list = find('.dcw-ax-steps');
    for (const node of list.children) {
      // jsdom lays nothing out: items lie 100 pixels apart, wherever they are moved.
      node.getBoundingClientRect = () => {
        const top = 100 * [...list.children].indexOf(node);
        return { left: 0, right: 200, top, bottom: top + 90, height: 90 } as DOMRect;
      };
    }
    const point = (type: string, y: number, target: Element = list): void => {
      target.dispatchEvent(
        new MouseEvent(type, { clientX: 50, clientY: y, bubbles: true, cancelable: true })
      );
    };
    const order = () => titles().join();

    point('pointerdown', 10, find('.dcw-ax-handle'));
    point('pointermove', 110);
    expect(order()).toBe('Rotation,Noise'); // not yet halfway
    point('pointermove', 170);
    expect(order()).toBe('Noise,Rotation');
    press('Escape', find('.dcw-ax-dragged input'));
    expect(order()).toBe('Rotation,Noise');

    const before = kernel.of('draw').length;
    point('pointerdown', 10, find('.dcw-ax-handle'));
    point('pointermove', 170);
    point('pointerup', 170);
    await drawn();
    expect(order()).toBe('Noise,Rotation');
    expect(kernel.of('draw').length).toBeGreaterThan(before);
    expect(drawnChips()).toMatchObject([{ key: 2 }, { key: 1 }]);
    button('Undo').click();
    expect(order()).toBe('Rotation,Noise');
  });
});

describe('at rest', () => {
  it('shows the ends of ranges, and asks for them once', async () => {
    expect(kernel.of('extremes')).toEqual([]);
    await rest();

    expect(kernel.of('extremes')).toHaveLength(1);
    const [low, high] = root.querySelectorAll<HTMLElement>('.dcw-ax-end');
    expect(low!.dataset['shown']).toBe('true');
    expect([low!.style.backgroundPosition, high!.style.backgroundPosition]).toEqual([
      '0% 0%',
      '100% 0%',
    ]);
    press('r');
    await rest();
    expect(kernel.of('extremes')).toHaveLength(1); // a seed changes no range
    slide('0.3');
    await rest();
    expect(kernel.of('extremes')).toHaveLength(2);
  });

  it('asks nothing beside draws while a slider moves', async () => {
    await rest();
    cell(2).dispatchEvent(new Event('pointerenter'));
    await rest();
    const before = kernel.asked.length;

    for (let step = 1; step <= 20; step++) {
      slide(String(0.1 + step / 100));
      await vi.advanceTimersByTimeAsync(50);
    }

    expect(kernel.asked.slice(before).map(({ type }) => type)).toEqual(
      Array.from({ length: 20 }, () => 'draw')
    );
  });

  it('reads JSON only where somebody looks at it', async () => {
    await rest();
    expect(kernel.of('texts')).toEqual([]);
    find<HTMLDetailsElement>('details').open = true;
    find<HTMLInputElement>('input[value=json]').click();
    await rest();

    expect(text('pre')).toBe('{"format": 1}');
    find<HTMLInputElement>('input[value=map]').click();
    await rest();
    expect(text('pre')).toBe('# map');
    expect(kernel.of('texts')).toHaveLength(1);
    slide('0.3');
    await rest();
    expect(kernel.of('texts')).toHaveLength(2);
  });
});

describe('a tile', () => {
  it('tells its numbers to pointer and keyboard', async () => {
    await rest();
    cell(1).dispatchEvent(new Event('pointerenter'));
    expect(text('.dcw-ax-said')).toBe('cat, draw 2: …');
    await drawn();
    expect(text('.dcw-ax-said')).toBe('cat, draw 2: two');

    cell(1).dispatchEvent(new Event('pointerleave'));
    expect(text('.dcw-ax-said')).toContain('Point at a draw');
    cell(0).focus();
    press('ArrowRight', cell(0));
    press('ArrowDown', cell(1));
    expect(document.activeElement).toBe(cell(4));
    expect(text('.dcw-ax-said')).toBe('dog, draw 2: five');
    expect(cell(4).ariaLabel).toBe('dog, draw 2; five');
    press('ArrowDown', cell(4));
    press('End', cell(4));
    press('ArrowRight', cell(5));
    expect(document.activeElement).toBe(cell(5));
    expect(kernel.of('details')).toHaveLength(1);
    expect(root.querySelectorAll('[role=gridcell][tabindex="0"]')).toHaveLength(1);
  });

  it('tells no numbers of an earlier draw', async () => {
    await rest();
    cell(0).focus();
    await drawn();
    slide('0.3');

    expect(text('.dcw-ax-said')).toBe('cat, draw 1: …');
    expect(cell(0).ariaLabel).not.toContain('one');
    await rest();
    expect(text('.dcw-ax-said')).toBe('cat, draw 1: one');
  });

  it('is pinned by a click and by Enter, and unpinned by the next', async () => {
    await rest();
    cell(4).click();
    expect(kernel.last).toMatchObject({ type: 'pin', tile: 4, turn: 0, seed: 4, chips: light });
    pins(pinned({ number: 7, tile: 4 }));
    expect(cell(4).classList.contains('dcw-ax-pinned')).toBe(true);
    expect(cell(4).ariaLabel).toContain('pinned');

    press('Enter', cell(4));
    expect(kernel.last).toMatchObject({ type: 'unpin', number: 7 });
    press('r');
    expect(cell(4).classList.contains('dcw-ax-pinned')).toBe(false);
  });
});

function pinned(more: Partial<PinRow> = {}): PinRow {
  const recipe = { chips: light, fuse: false, seed: 4 };
  const place = { number: 1, id: 'a', label: '<i>cat</i>', draw: 1, turn: 0, tile: 1 };
  return { ...recipe, ...place, words: 'turn 12° left', ...more };
}

function pins(...rows: PinRow[]): void {
  const told = { event: 'pins', pins: rows, columns: Math.max(1, rows.length) };
  kernel.tell('msg:custom', told, rows.length ? [new DataView(new ArrayBuffer(4))] : []);
}

describe('pins', () => {
  it('are shown with their words, as text', () => {
    expect(find('.dcw-ax-pins').hidden).toBe(true);
    pins(pinned());

    expect(find('.dcw-ax-pins').hidden).toBe(false);
    expect(text('.dcw-ax-pins p')).toBe('<i>cat</i>, seed 4 turn 12° left');
    expect(root.querySelector('i')).toBeNull();
    pins();
    expect(find('.dcw-ax-pins').hidden).toBe(true);
  });

  it('bring their policy, seed and pictures back, which can be undone', async () => {
    pins(pinned({ chips: heavy, seed: 9, turn: 3 }));
    button('Show pin 1 again').click();

    expect(titles()).toEqual(['Rotation', 'Noise']);
    expect(kernel.of('draw').at(-1)).toMatchObject({ chips: heavy, seed: 9 });
    expect(kernel.of('pictures').at(-1)).toMatchObject({ turn: 3 });
    await drawn();
    button('Undo').click();
    expect(titles()).toEqual(['Rotation']);
  });

  it('keep the focus among them when one is removed', () => {
    pins(pinned(), pinned({ number: 2 }), pinned({ number: 3 }));
    button('Remove pin 2').focus();
    button('Remove pin 2').click();
    expect(kernel.last).toMatchObject({ type: 'unpin', number: 2 });
    pins(pinned(), pinned({ number: 3 }));

    expect(document.activeElement).toBe(button('Show pin 3 again'));
  });
});

describe('views', () => {
  const view = () => find('canvas').dataset['view'];

  it('change by radio button and by key', () => {
    find<HTMLInputElement>('input[value=difference]').click();
    expect(view()).toBe('difference');
    press('d');
    expect(view()).toBe('draws');
    expect(find<HTMLInputElement>('input[value=draws]').checked).toBe(true);
    press('h');
    expect([view(), find('.dcw-ax-grid').hidden]).toEqual(['histograms', true]);
    press('h', find('textarea'));
    expect(view()).toBe('histograms'); // a letter that is being written
  });

  it('show boxes on request, not those of an earlier draw', async () => {
    await rest();
    press('b');
    await drawn();

    const rects = () => root.querySelectorAll('.dcw-ax-over').length;
    expect(find<HTMLInputElement>('.dcw-ax-stage .dcw-ax-toggle input').checked).toBe(true);
    expect(rects()).toBe(3);
    expect(root.querySelectorAll('.dcw-ax-cut')).toHaveLength(1);
    slide('0.3');
    expect(rects()).toBe(0);
    await rest();
    expect(rects()).toBe(3);
    press('b');
    expect(rects()).toBe(0);
  });
});

it('several changes at once are told as one, and heard from nobody', async () => {
  pins(pinned({ chips: heavy, fuse: true, seed: 9 }));
  button('Show pin 1 again').click();
  await drawn();

  expect(kernel.state).toMatchObject({ seed: 9, _chips: heavy, _fuse: true });
  expect(kernel.of('draw').at(-1)).toMatchObject({ seed: 9, chips: heavy, fuse: true });
});

describe('JSON', () => {
  const paste = async (): Promise<void> => {
    find<HTMLTextAreaElement>('textarea').value = '{}';
    button('Use this policy').click();
    await drawn();
  };

  it('that Python accepts becomes the policy, which can be undone', async () => {
    kernel.answers['read'] = () => ({ chips: heavy, fuse: true });
    await paste();

    expect(kernel.of('read').at(-1)).toMatchObject({ text: '{}', seed: 4 });
    expect(titles()).toEqual(['Rotation', 'Noise']);
    expect(find<HTMLTextAreaElement>('textarea').value).toBe('');
    button('Undo').click();
    expect(titles()).toEqual(['Rotation']);
  });

  it('that Python refuses is told beside the field, and nothing is lost', async () => {
    kernel.answers['read'] = () => ({ error: 'Layer 2: no.' });
    await paste();

    expect(text('[role=alert]')).toBe('Layer 2: no.');
    expect(find('textarea').getAttribute('aria-invalid')).toBe('true');
    expect(find<HTMLTextAreaElement>('textarea').value).toBe('{}');
    expect(titles()).toEqual(['Rotation']);
  });
});

describe('label safety', () => {
  const safety = () => find('.dcw-ax-safety');
  const tell = (n: number, words: string): void => {
    const rows = [{ label: 'cat', words }];
    kernel.tell('msg:custom', { event: 'safety', n, rows, problem: '' }, []);
  };

  it('is asked after a longer rest, and only the newest answer counts', async () => {
    await rest();
    expect(kernel.of('safety')).toEqual([]);
    await longRest();
    expect(kernel.of('safety').at(-1)).toMatchObject({ n: 1, chips: light });
    slide('0.3');
    await longRest();
    tell(1, 'old');
    expect(safety().textContent).not.toContain('old');
    tell(2, '96 % → 91 %');

    expect(text('.dcw-ax-safety li')).toBe('cat: 96 % → 91 %');
    slide('0.4');
    expect(safety().textContent).toContain('of another policy');
  });
});

describe('the effect on the score', () => {
  const effect = () => find('.dcw-ax-effect');
  const tell = (said: object): void => {
    const { n } = kernel.of('effect').at(-1)!;
    const nothing = { words: '', state: '', problem: '' };
    kernel.tell('msg:custom', { event: 'effect', n, ...nothing, ...said }, []);
  };

  it('is measured after a guess, for the policy of that moment', () => {
    button('lowers').click();

    expect(kernel.of('effect')).toHaveLength(1);
    expect(kernel.of('effect')[0]).toMatchObject({ guess: 'lowers', chips: light });
    tell({ state: 'training 2 of 6 …' });
    expect(effect().textContent).toContain('training 2 of 6');
    tell({ words: 'Flip: lowers the score.' });
    expect(text('.dcw-ax-effect li')).toBe('Flip: lowers the score.');
    expect(effect().textContent).not.toContain('training');
  });

  it('takes one guess at a time, and the next after the answer', () => {
    button('raises').click();
    button('lowers').click();
    expect(kernel.of('effect')).toHaveLength(1);
    expect(button('lowers').disabled).toBe(true);
    tell({ problem: 'No label.' });
    expect(effect().textContent).toContain('No label.');
    button('lowers').click();
    expect(kernel.of('effect')).toHaveLength(2);
  });

  it('ignores what another view asked', () => {
    button('raises').click();
    kernel.tell(
      'msg:custom',
      { event: 'effect', n: -1, words: 'other', state: '', problem: '' },
      []
    );

    expect(effect().textContent).not.toContain('other');
  });

  it('may be guessed anew when the kernel refuses', async () => {
    kernel.answers['effect'] = () => ({ error: 'Nothing to score on.' });
    button('raises').click();
    await drawn();

    expect(text('.dcw-status')).toBe('Nothing to score on.');
    expect(button('raises').disabled).toBe(false);
  });
});

it("a policy with somebody's own class cannot be left by undo", () => {
  kernel.tell('msg:custom', {
    event: 'policy',
    chips: [{ ...light[0]!, layer: 'Blink', own: true }],
    fuse: false,
  });
  kernel.tell('msg:custom', { event: 'policy', chips: heavy, fuse: false });

  expect(button('Undo').disabled).toBe(true);
});
