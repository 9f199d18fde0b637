import { describe, expect, it } from 'vitest';

import { acting, moved, newChip, presetName, same, turned, valueOf, withEnd } from './policy';
import type { About, Chip, Kind, Knob } from './types';

const knob: Knob = {
  name: 'factor',
  label: 'Turn',
  default: [-0.05, 0.05],
  low: -0.5,
  high: 0.5,
  step: 0.01,
  unit: 'turn',
  ends: ['right', 'left'],
  choices: [],
};
const kind: Kind = {
  title: 'Rotation',
  knobs: [knob],
  defaults: { factor: [-0.05, 0.05] },
  geometric: true,
};

function chip(key: number, config: Chip['config'] = { factor: [-0.1, 0.1] }): Chip {
  return { key, layer: 'RandomRotation', config, on: true, own: false };
}

function keys(chips: Chip[]): number[] {
  return chips.map(({ key }) => key);
}

describe('a new chip', () => {
  it('has a key that no other chip has, and values of its own', () => {
    const added = newChip([chip(2), chip(5)], 'RandomRotation', kind);

    expect(added).toEqual({ ...chip(6), config: kind.defaults });
    expect(added.config).not.toBe(kind.defaults);
  });

  it('takes a free key once the largest is in use', () => {
    expect(newChip([chip(1), chip(999)], 'RandomRotation', kind).key).toBe(2);
  });
});

describe('moving', () => {
  const chips = [chip(1), chip(2), chip(3)];

  it.each([
    [1, 1, [2, 1, 3]],
    [3, -1, [1, 3, 2]],
    [1, -1, [1, 2, 3]],
    [3, 1, [1, 2, 3]],
    [9, 1, [1, 2, 3]],
  ])('moves chip %i by %i', (key, by, order) => {
    expect(keys(moved(chips, key, by))).toEqual(order);
    expect(keys(chips)).toEqual([1, 2, 3]);
  });
});

describe('a range', () => {
  it('pushes its other end along rather than turn round', () => {
    expect(withEnd([-0.1, 0.1], 0, 0.3)).toEqual([0.3, 0.3]);
    expect(withEnd([-0.1, 0.1], 1, -0.3)).toEqual([-0.3, -0.3]);
    expect(withEnd([-0.1, 0.1], 0, -0.2)).toEqual([-0.2, 0.1]);
  });
});

describe('turning a knob', () => {
  it('changes one argument of one chip and leaves what was there', () => {
    const chips = [chip(1, { factor: [0, 0], fill_mode: 'wrap' }), chip(2)];

    const after = turned(chips, 1, 'factor', [0, 0.2]);

    expect(after).toEqual([chip(1, { factor: [0, 0.2], fill_mode: 'wrap' }), chip(2)]);
    expect(chips[0]?.config['factor']).toEqual([0, 0]);
  });

  it('reads a value that is none as the default', () => {
    expect(valueOf(chip(1), knob)).toEqual([-0.1, 0.1]);
    expect(valueOf(chip(1, {}), knob)).toEqual([-0.05, 0.05]);
    expect(valueOf(chip(1, { factor: 0.3 }), knob)).toEqual([-0.05, 0.05]);
  });
});

describe('the preset', () => {
  const about = { presets: { none: [], light: [chip(1)], heavy: [chip(1), chip(2)] } };

  it('is named whatever keys and order of arguments the chips have', () => {
    const light = [{ ...chip(7, { factor: [-0.1, 0.1] }) }];

    expect(presetName(light, about as unknown as About)).toBe('light');
    expect(presetName([], about as unknown as About)).toBe('none');
  });

  it('is no longer named after a change, and the policy is another one', () => {
    const changed = [{ ...chip(1), on: false }];

    expect(presetName(changed, about as unknown as About)).toBe('');
    expect(same(changed, [chip(1)])).toBe(false);
  });

  it('is another one where a step acts on some pictures only', () => {
    const some = acting([chip(1)], 1, 0.3);

    expect(presetName(some, about as unknown as About)).toBe('');
    expect(same(some, [chip(1)])).toBe(false);
    expect(same(acting(some, 1, 1), [chip(1)])).toBe(true);
  });
});
