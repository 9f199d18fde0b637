import type { About, Chip, Kind, Knob, Value } from './types';

const LARGEST_KEY = 999;

/** What every layer has besides its own knobs: how often it acts on a picture. */
export const PROBABILITY: Knob = {
  name: 'probability',
  label: 'Probability',
  default: 1,
  low: 0,
  high: 1,
  step: 0.01,
  unit: 'part',
  ends: null,
  choices: [],
  chance: true,
};

/** Make a chip for a layer just added, with a key that no other chip has. */
export function newChip(chips: readonly Chip[], layer: string, kind: Kind): Chip {
  return {
    key: freeKey(chips),
    layer,
    config: structuredClone(kind.defaults),
    on: true,
    own: false,
  };
}

/** Put a copy of the chip with this key behind it, with a key of its own. */
export function duplicated(chips: readonly Chip[], key: number): Chip[] {
  return chips.flatMap((chip) =>
    chip.key === key ? [chip, { ...structuredClone(chip), key: freeKey(chips) }] : [chip]
  );
}

function freeKey(chips: readonly Chip[]): number {
  const used = new Set(chips.map((chip) => chip.key));
  const next = Math.max(0, ...used) + 1;
  if (next <= LARGEST_KEY) {
    return next;
  }
  let key = 1;
  while (used.has(key)) {
    key++;
  }
  return key;
}

/** Move the chip with this key by `by` places; at an end it stays. */
export function moved(chips: readonly Chip[], key: number, by: number): Chip[] {
  const from = chips.findIndex((chip) => chip.key === key);
  const result = [...chips];
  if (from >= 0) {
    const to = Math.min(chips.length - 1, Math.max(0, from + by));
    result.splice(to, 0, ...result.splice(from, 1));
  }
  return result;
}

/** Replace one argument of the chip with this key. */
export function turned(chips: readonly Chip[], key: number, name: string, value: Value): Chip[] {
  return chips.map((chip) =>
    chip.key === key ? { ...chip, config: { ...chip.config, [name]: value } } : chip
  );
}

/** Let the chip with this key act on this share of pictures. */
export function acting(chips: readonly Chip[], key: number, share: number): Chip[] {
  return chips.map((chip) => {
    if (chip.key !== key) {
      return chip;
    }
    const next = { ...chip, probability: share };
    if (share === 1) {
      delete (next as Chip).probability; // a policy says nothing of what always acts
    }
    return next;
  });
}

export function probabilityOf(chip: Chip): number {
  return chip.probability ?? 1;
}

/** Set one end of a pair; the other end gives way, because a range runs upwards. */
export function withEnd(pair: [number, number], end: 0 | 1, value: number): [number, number] {
  return end === 0 ? [value, Math.max(pair[1], value)] : [Math.min(pair[0], value), value];
}

export function isPair(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((v) => typeof v === 'number');
}

/** Read what a chip holds for a knob; a value that is none counts as the knob's own. */
export function valueOf(chip: Chip, knob: Knob): Value {
  const value = chip.config[knob.name];
  const sound = typeof value === typeof knob.default && isPair(value) === isPair(knob.default);
  return sound ? (value as Value) : knob.default;
}

/** Name the preset that these chips are, whatever their keys; '' once anything was changed. */
export function presetName(chips: readonly Chip[], about: About): string {
  const now = plain(chips);
  return Object.keys(about.presets).find((name) => plain(about.presets[name] ?? []) === now) ?? '';
}

/** Say whether two policies draw the same: the same steps, with the same keys. */
export function same(left: readonly Chip[], right: readonly Chip[]): boolean {
  const keys = (chips: readonly Chip[]): string => chips.map((chip) => chip.key).join();
  return keys(left) === keys(right) && plain(left) === plain(right);
}

function plain(chips: readonly Chip[]): string {
  return JSON.stringify(
    chips.map((chip) => {
      const { layer, config, on } = chip;
      return [layer, Object.entries(config).sort(), on, probabilityOf(chip)];
    })
  );
}
