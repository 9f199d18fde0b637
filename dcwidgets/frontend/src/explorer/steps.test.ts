// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { about as usual, chip, standIn } from './kernel.fake';
import { Steps } from './steps';
import type { About, Chip } from './types';

const rotation = usual.kinds['RandomRotation']!;
const chance = { ...rotation.knobs[0]!, label: 'Chance', chance: true };
const about: About = {
  ...usual,
  kinds: { ...usual.kinds, RandomErasing: { ...rotation, title: 'Erasing', knobs: [chance] } },
};
const turn = chip(1, 'RandomRotation', { factor: [-0.1, 0.1] });
const erase = chip(2, 'RandomErasing', { factor: [0.5, 0.5] });

let chips: Chip[];
let steps: Steps;
const change = vi.fn((next: Chip[]) => (chips = next));
const refuse = vi.fn();

beforeEach(() => {
  standIn();
  vi.clearAllMocks();
  steps = new Steps({ about, change, refuse, say: () => undefined });
  document.body.replaceChildren(steps.node);
});

function open(...given: Chip[]): void {
  chips = given;
  steps.open(given);
}

const find = <E extends HTMLElement>(name: string): E =>
  steps.node.querySelector<E>(`[aria-label="${name}"]`)!;
const slider = (layer = 'Rotation') => find<HTMLInputElement>(`${layer}, Probability`);
const field = () => find<HTMLInputElement>('Rotation, Probability, as a number');
const titles = () =>
  [...steps.node.querySelectorAll('.dcw-ax-head label')].map((node) => node.textContent.trim());
const shown = (layer: string) => slider(layer).closest('[hidden]') === null;

function put(input: HTMLInputElement, value: string): void {
  input.value = value;
  input.dispatchEvent(new Event('input', { bubbles: true }));
}

describe('the probability of a step', () => {
  it('is always to begin with, and nothing is said of that', () => {
    open(turn);

    expect([slider().value, field().value]).toEqual(['1', '1']);
    expect([slider().type, slider().min, slider().max]).toEqual(['range', '0', '1']);
    expect(titles()).toEqual(['Rotation']);
  });

  it('is turned by its slider, is one gesture, and stands in the title', () => {
    open(turn);

    put(slider(), '0.5');
    put(slider(), '0.3');

    expect(chips).toEqual([{ ...turn, probability: 0.3 }]);
    expect(new Set(change.mock.calls.map((call) => (call as unknown[])[1]))).toEqual(
      new Set(['1 probability'])
    );
    expect(titles()).toEqual(['Rotation 30 %']);
    expect(field().value).toBe('0.3');
  });

  it('is typed as a number, and what is none is refused', () => {
    open(turn);

    put(field(), '0.25');
    put(field(), '1.5');

    expect(chips).toEqual([{ ...turn, probability: 0.25 }]);
    expect(field().getAttribute('aria-invalid')).toBe('true');
    expect(refuse).toHaveBeenCalledWith(
      'Rotation, Probability must lie between 0 and 1. The last value stays.'
    );
  });

  it('goes back to always, and the step is then as it was', () => {
    open(turn);
    put(slider(), '0');
    expect(titles()).toEqual(['Rotation 0 %']);

    find<HTMLButtonElement>('Reset Rotation, Probability').click();

    expect(chips).toEqual([turn]);
    expect(titles()).toEqual(['Rotation']);
  });

  it('is copied with the step, and kept while other knobs turn', () => {
    open({ ...turn, probability: 0.4 });

    find<HTMLButtonElement>('Duplicate: Rotation').click();
    put(find('Rotation, Turn, to'), '0.2');

    expect(chips.map(({ key, probability }) => [key, probability])).toEqual([
      [1, 0.4],
      [2, 0.4],
    ]);
  });

  it('follows what undo brings back', () => {
    open(turn);
    put(slider(), '0.3');

    steps.show([turn]);

    expect(slider().value).toBe('1');
    expect(titles()).toEqual(['Rotation']);
  });

  it('is not asked for twice where a layer draws it itself, unless it has one', () => {
    open(turn, erase);
    expect([shown('Rotation'), shown('Erasing')]).toEqual([true, false]);

    open({ ...erase, probability: 0.5 });

    expect(shown('Erasing')).toBe(true);
    expect(titles()).toEqual(['Erasing 50 %']);
  });

  it('belongs to layers of which nothing else can be turned, too', () => {
    open({ ...chip(3, 'Blink', {}), own: true });

    put(slider('Blink'), '0.75');

    expect(chips[0]?.probability).toBe(0.75);
  });
});
