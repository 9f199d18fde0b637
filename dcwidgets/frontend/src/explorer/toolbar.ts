import { button } from '../shared/controls';
import { h } from '../shared/dom';
import type { About } from './types';

export interface ToolbarHost {
  about: About;
  preset: (name: string) => void;
  seed: (seed: number) => void;
  refuse: (reason: string) => void;
  otherPictures: () => void;
  originals: (shown: boolean) => void;
}

export interface Toolbar {
  node: HTMLElement;
  /** Mark the preset that the policy is; '' marks none. */
  showPreset: (name: string) => void;
  showSeed: (seed: number) => void;
  showOriginals: (shown: boolean) => void;
}

/** The line above: presets, seed, other pictures, originals. */
export function toolbar(host: ToolbarHost): Toolbar {
  const node = h('div', { class: 'dcw-ax-toolbar' });
  const presets = presetGroup(host);
  const seed = seedField(host);
  node.append(presets.node, seed.node);
  button(node, 'Other pictures', host.otherPictures, 'Show the next pictures of the set');
  const originals = button(
    node,
    'Originals',
    () => host.originals(originals.getAttribute('aria-pressed') !== 'true'),
    'Show every tile unchanged (or hold Space)'
  );
  originals.setAttribute('aria-pressed', 'false');
  return {
    node,
    showPreset: presets.show,
    showSeed: seed.show,
    showOriginals: (shown) => originals.setAttribute('aria-pressed', String(shown)),
  };
}

function presetGroup(host: ToolbarHost) {
  const group = `dcw-ax-${Math.random().toString(36).slice(2)}`;
  const node = h(
    'fieldset',
    { class: 'dcw-ax-presets' },
    h('legend', { class: 'dcw-unseen' }, 'Preset')
  );
  const choices = Object.keys(host.about.presets).map((name) => {
    const input = h('input', { type: 'radio', name: group, value: name });
    input.addEventListener('change', () => host.preset(name));
    node.append(h('label', {}, input, h('span', {}, name)));
    return input;
  });
  const show = (name: string): void => {
    choices.forEach((input) => (input.checked = input.value === name));
  };
  return { node, show };
}

function seedField(host: ToolbarHost) {
  const { largestSeed } = host.about;
  const input = h('input', { type: 'number', min: 0, max: largestSeed, step: 1 });
  input.addEventListener('input', () => {
    const seed = input.valueAsNumber;
    const sound = Number.isInteger(seed) && seed >= 0 && seed <= largestSeed;
    input.setAttribute('aria-invalid', String(!sound));
    if (sound) {
      host.seed(seed);
    } else {
      host.refuse(`The seed must be a whole number from 0 to ${largestSeed}. The last one stays.`);
    }
  });
  const node = h('div', { class: 'dcw-ax-seed' }, h('label', {}, 'Seed ', input));
  button(node, 'New seed', () => host.seed(randomSeed(largestSeed)), 'Draw anew (or press R)');
  const show = (seed: number): void => {
    if (input.valueAsNumber !== seed) {
      input.value = String(seed);
    }
    input.setAttribute('aria-invalid', 'false');
  };
  return { node, show };
}

/** Draw a seed, short enough to be read out and typed again. */
export function randomSeed(largest: number): number {
  return Math.floor(Math.random() * Math.min(10_000, largest + 1));
}
