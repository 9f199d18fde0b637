import { expect, it } from 'vitest';

import type { Knob, Value } from './types';
import { inWords } from './words';

const base = { name: 'factor', label: '', default: [0, 0] as Value, step: 0.01, choices: [] };
const signed = { ...base, low: -1, high: 1, unit: 'part', ends: ['up', 'down'] } as Knob;
const turn = { ...base, low: -0.5, high: 0.5, unit: 'turn', ends: ['right', 'left'] } as Knob;
const share = { ...base, low: 0, high: 1, unit: 'part', ends: null } as Knob;
const contrast = { ...share, unit: 'less_more' } as Knob;
const pixels = { ...share, unit: '' } as Knob;
const mode = { ...share, choices: ['horizontal'] };

it.each<[string, Knob, Value]>([
  ['11° right or left', turn, [-0.03, 0.03]],
  ['36° right to 90° left', turn, [-0.1, 0.25]],
  ['18° left to 36° left', turn, [0.05, 0.1]],
  ['10 % up or down', signed, [-0.1, 0.1]],
  ['10 % up to 0 %', signed, [-0.1, 0]],
  ['always 0 %', signed, [0, 0]],
  ['2 % to 20 %', share, [0.02, 0.2]],
  ['always 50 %', share, [0.5, 0.5]],
  ['5 %', share, 0.05],
  ['× 0.8 to × 1.2', contrast, [0.2, 0.2]],
  ['0.1 to 1', pixels, [0.1, 1]],
  ['both ways', mode, 'horizontal_and_vertical'],
])('says "%s"', (words, knob, value) => {
  expect(inWords(knob, value)).toBe(words);
});
