import type { Reply } from '../shared/requests';

export type Value = string | number | [number, number];

/** One argument of a layer that the page lets people turn; see `Knob` in Python. */
export interface Knob {
  name: string;
  label: string;
  default: Value;
  low: number;
  high: number;
  step: number;
  unit: 'turn' | 'part' | 'less_more' | '';
  ends: [string, string] | null;
  choices: string[];
}

export interface Kind {
  title: string;
  knobs: Knob[];
  defaults: Config;
  geometric: boolean;
}

/** Constructor arguments of a Keras layer; only those that are knobs are looked at here. */
export type Config = Record<string, unknown>;

/** One layer of the policy; `key` stays with it when it moves. */
export interface Chip {
  key: number;
  layer: string;
  config: Config;
  on: boolean;
  own: boolean;
}

/** What never changes while a widget lives. */
export interface About {
  pictures: number;
  draws: number;
  size: number;
  most: number;
  largestSeed: number;
  kinds: Record<string, Kind>;
  presets: Record<string, Chip[]>;
}

export interface State {
  seed: number;
  _chips: Chip[];
  _fuse: boolean;
  _turn: number;
  _about: About;
}

export interface DrawAsk {
  chips: Chip[];
  fuse: boolean;
  seed: number;
  /** Counts the requests of a view; the answer gives it back. */
  n: number;
}

export interface Drawn extends Reply {
  n: number;
  seed: number;
  turn: number;
  /** Milliseconds that drawing and encoding took in the kernel. */
  ms: number;
  code: string;
}

export interface Pictures extends Reply {
  turn: number;
  labels: string[];
}

/** What Python tells without being asked, after a line of code changed the widget. */
export type Told =
  { event: 'policy'; chips: Chip[]; fuse: boolean } | { event: 'turn'; turn: number };
