import type { AnyModel } from '@anywidget/types';
import { vi } from 'vitest';

import type { About, Chip, Kind, State } from './types';

export type Asked = Record<string, unknown> & { type: string; id: string };
type Listener = (...values: never[]) => unknown;

const rotation: Kind = {
  title: 'Rotation',
  geometric: true,
  defaults: { factor: [-0.05, 0.05] },
  knobs: [
    {
      name: 'factor',
      label: 'Turn',
      default: [-0.05, 0.05],
      low: -0.5,
      high: 0.5,
      step: 0.01,
      unit: 'turn',
      ends: ['right', 'left'],
      choices: [],
      pictured: 2,
    },
  ],
};
const noise: Kind = {
  title: 'Noise',
  geometric: false,
  defaults: { stddev: 0.05 },
  knobs: [
    {
      ...rotation.knobs[0]!,
      name: 'stddev',
      default: 0.05,
      low: 0,
      high: 1,
      unit: 'part',
      ends: null,
    },
  ],
};

export function chip(key: number, layer: string, config: Chip['config']): Chip {
  return { key, layer, config, on: true, own: false };
}

export const light = [chip(1, 'RandomRotation', { factor: [-0.1, 0.1] })];
export const heavy = [
  chip(1, 'RandomRotation', { factor: [-0.5, 0.5] }),
  chip(2, 'GaussianNoise', { stddev: 0.2 }),
];
export const about: About = {
  pictures: 2,
  draws: 3,
  size: 8,
  most: 3,
  largestSeed: 999_999,
  boxes: true,
  model: true,
  guesses: ['raises', 'changes little', 'lowers'],
  kinds: { RandomRotation: rotation, GaussianNoise: noise },
  presets: { none: [], light, heavy },
};

/** A kernel that answers when told to, and keeps what it was asked. */
export class Kernel {
  readonly asked: Asked[] = [];
  readonly state: State = { seed: 4, _chips: light, _fuse: false, _turn: 0, _about: about };
  saved = 0;
  /** What is answered at once, by the type of the request. */
  readonly answers: Record<string, (asked: Asked) => object> = {};
  private readonly listeners = new Map<string, Set<Listener>>();

  readonly model = {
    get: (name: keyof State) => this.state[name],
    set: (name: keyof State, value: never) => {
      if (JSON.stringify(this.state[name]) !== JSON.stringify(value)) {
        this.state[name] = value;
        this.tell('change');
      }
    },
    save_changes: () => this.saved++,
    send: (content: Asked) => this.hear(content),
    on: (name: string, hear: Listener) => this.on(name).add(hear),
    off: (name: string, hear: Listener) => this.on(name).delete(hear),
  } as unknown as AnyModel<State>;

  get last(): Asked {
    return this.asked.at(-1)!;
  }

  get chips(): Chip[] {
    return this.last['chips'] as Chip[];
  }

  tell(name: string, ...values: unknown[]): void {
    this.on(name).forEach((hear) => void hear(...(values as never[])));
  }

  async answer(fields: object = {}): Promise<void> {
    const { id, type, turn, seed, n } = this.last;
    const found =
      type === 'pictures'
        ? { turn, labels: ['<b>cat</b>', 'dog'] }
        : { n, seed, turn: 0, ms: 12.4, code: '# code' };
    this.tell('msg:custom', { id, ...found, ...fields }, [sheet()]);
    await new Promise((done) => setTimeout(done)); // decoding and painting are promises
  }

  /** The requests of a type, oldest first. */
  of(type: string): Asked[] {
    return this.asked.filter((asked) => asked.type === type);
  }

  listening(): number {
    return [...this.listeners.values()].reduce((sum, heard) => sum + heard.size, 0);
  }

  private hear(asked: Asked): void {
    this.asked.push(asked);
    const answer = this.answers[asked.type];
    if (answer) {
      queueMicrotask(() => this.tell('msg:custom', { id: asked.id, ...answer(asked) }, [sheet()]));
    }
  }

  private on(name: string): Set<Listener> {
    const heard = this.listeners.get(name) ?? new Set<Listener>();
    this.listeners.set(name, heard);
    return heard;
  }
}

function sheet(): DataView {
  return new DataView(new ArrayBuffer(4));
}

/** Stand in for what jsdom lacks: it draws nothing, and lays nothing out. */
export function standIn(): void {
  vi.stubGlobal('createImageBitmap', () =>
    Promise.resolve({ close: () => undefined, width: 8, height: 8 })
  );
  HTMLCanvasElement.prototype.getContext = () => null;
  Element.prototype.scrollIntoView = () => undefined;
  Element.prototype.setPointerCapture = () => undefined;
  URL.createObjectURL = () => 'blob:sheet';
  URL.revokeObjectURL = () => undefined;
}
