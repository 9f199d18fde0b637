import { button } from '../shared/controls';
import { enable, h } from '../shared/dom';
import { segments } from './segments';
import type { About } from './types';

export interface ToolbarHost {
  about: About;
  preset: (name: string) => void;
  /** A seed was drawn, or is being typed, digit by digit, into `source`. */
  seed: (seed: number, source?: string) => void;
  refuse: (reason: string) => void;
  undo: () => void;
  redo: () => void;
}

export interface Toolbar {
  node: HTMLElement;
  /** Mark the preset that the policy is; '' marks none. */
  showPreset: (name: string) => void;
  showSeed: (seed: number) => void;
  showHistory: (canUndo: boolean, canRedo: boolean) => void;
}

/** The line above: presets, seed, undo and redo. */
export function toolbar(host: ToolbarHost): Toolbar {
  const names = Object.keys(host.about.presets);
  const presets = segments(
    'Preset',
    names.map((name) => [name, name] as const),
    host.preset
  );
  presets.node.classList.add('dcw-ax-presets');
  const seed = seedField(host);
  const node = h('div', { class: 'dcw-ax-toolbar' }, presets.node, seed.node);
  const steps = h('span', { class: 'dcw-ax-undo' });
  const undo = button(steps, 'Undo', host.undo, 'Take the last change back (Ctrl+Z)');
  const redo = button(steps, 'Redo', host.redo, 'Make it again (Ctrl+Shift+Z, Ctrl+Y)');
  undo.setAttribute('aria-keyshortcuts', 'Control+Z');
  redo.setAttribute('aria-keyshortcuts', 'Control+Shift+Z Control+Y');
  node.append(steps);
  return {
    node,
    showPreset: presets.show,
    showSeed: seed.show,
    showHistory: (canUndo, canRedo) => {
      enable(undo, canUndo);
      enable(redo, canRedo);
    },
  };
}

function seedField(host: ToolbarHost) {
  const { largestSeed } = host.about;
  const input = h('input', { type: 'number', min: 0, max: largestSeed, step: 1 });
  input.addEventListener('input', () => {
    const seed = input.valueAsNumber;
    const sound = Number.isInteger(seed) && seed >= 0 && seed <= largestSeed;
    input.setAttribute('aria-invalid', String(!sound));
    if (sound) {
      host.seed(seed, 'seed');
    } else {
      host.refuse(`The seed must be a whole number from 0 to ${largestSeed}. The last one stays.`);
    }
  });
  const node = h('div', { class: 'dcw-ax-seed' }, h('label', {}, 'Seed ', input));
  const anew = (): void => host.seed(randomSeed(largestSeed));
  button(node, 'New seed', anew, 'Draw anew (or press R)').setAttribute('aria-keyshortcuts', 'R');
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
