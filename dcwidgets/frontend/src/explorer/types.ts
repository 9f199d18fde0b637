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
  /** Whether it says how often the layer acts: a pair of which both ends move together. */
  chance?: boolean;
  /** How many pictures say what it does: two for a range, one or none for others. */
  pictured?: number;
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
  /** How often it acts on a picture, where that is not always. */
  probability?: number;
}

/** What never changes while a widget lives. */
export interface About {
  pictures: number;
  draws: number;
  size: number;
  most: number;
  largestSeed: number;
  /** Whether pictures have boxes, and whether there is a model to ask about labels. */
  boxes: boolean;
  model: boolean;
  /** What may be guessed about the score; none where there is nothing to score on. */
  guesses: string[];
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

/** What decides the draws. */
export interface Recipe {
  chips: Chip[];
  fuse: boolean;
  seed: number;
}

/** A moment of the history; `base` is the policy that reset returns to. */
export interface Moment extends Recipe {
  base: Chip[];
}

export interface DrawAsk extends Recipe {
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

/** x, y, width and height in pixels of a tile; null where there is none. */
export type Box = [number, number, number, number] | null;

/** What the layers drew, by tile; boxes where the set has any. */
export interface Detailed {
  words: string[];
  before?: Box[];
  after?: Box[];
  problem?: string;
}

/** Tiles of the ends of ranges: key of the chip, argument, and 0 or 1 for low or high. */
export interface Ends extends Reply {
  places: [number, string, 0 | 1][];
  columns: number;
  size: number;
}

export interface Texts extends Reply {
  code: string;
  map: string;
  json: string;
  problem: string;
}

export interface Read extends Reply {
  chips: Chip[];
  fuse: boolean;
}

export interface PinRow extends Recipe {
  number: number;
  /** Place among the tiles, row by row. */
  tile: number;
  id: string;
  label: string;
  draw: number;
  turn: number;
  words: string;
}

export interface Pinned {
  pins: PinRow[];
  columns: number;
}

export interface SafetyTold {
  n: number;
  rows: { label: string; words: string }[];
  problem: string;
}

export interface EffectTold {
  n: number;
  /** What was measured, or how far it is, or what went wrong: one of them is not empty. */
  words: string;
  state: string;
  problem: string;
}

/** What Python tells without being asked, after a line of code changed the widget. */
export type Told =
  | { event: 'policy'; chips: Chip[]; fuse: boolean }
  | { event: 'turn'; turn: number }
  | ({ event: 'pins' } & Pinned)
  | ({ event: 'safety' } & SafetyTold)
  | ({ event: 'effect' } & EffectTold);
