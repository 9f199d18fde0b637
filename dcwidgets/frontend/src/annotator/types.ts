import type { Reply } from '../shared/requests';

/** Pixels of the picture, from its top left. */
export interface Rect {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Box extends Rect {
  id: string;
  label: string;
  difficult: boolean;
  truncated: boolean;
  source: string;
}

export type Status = 'labeled' | 'verified' | 'unsure' | 'skipped';

/** What was said about a picture; the store's record, of which this is what the page shows. */
export interface Said {
  label: string | null;
  status: Status;
  note: string;
  tags: string[];
  boxes: Box[];
  seconds: number | null;
}

/** One edit; fields that are left out stay. An empty label takes the class away. */
export interface Change {
  label?: string;
  status?: Status;
  note?: string;
  tags?: Record<string, boolean>;
  put?: Box[];
  remove?: string[];
  spent?: number;
}

export interface Proposal extends Partial<Rect> {
  id: string;
  label: string;
}

/** What any answer may bring up to date. */
export interface State {
  undo: boolean;
  redo: boolean;
  classes: string[];
  /** Every class of the store, in the order of its number. */
  known: string[];
  done: number;
  gold: [number, number] | null;
  pace: number | null;
  state?: number;
  label?: number;
}

export interface Opened extends Reply, State {
  name: string;
  n: number;
  at: number;
  store: string;
  file: string;
  boxes: boolean;
  hidden: boolean;
  advance: boolean;
  tags: string[];
  guide: Record<string, string>;
  examples: Record<string, number>;
  proposing: boolean;
}

export interface PictureReply extends Reply {
  row: number;
  picture: string;
  width: number;
  height: number;
  trouble: string;
  record: Said | null;
  proposals: Proposal[];
}

export interface Looked extends Reply, State {
  row: number;
  picture: string;
  record: Said | null;
  proposals: Proposal[];
}

export interface Saved extends Reply, State {
  picture: string;
  record: Said | null;
  refused?: string;
}

export interface Stepped extends Reply, State {
  row: number | null;
  n: number;
}

export interface Told extends State {
  event: 'changed';
  row?: number;
  picture?: string;
  record?: Said | null;
}

/** A picture that is here, and what was said about it when it came. */
export interface Picture {
  row: number;
  id: string;
  width: number;
  height: number;
  trouble: string;
  bitmap: ImageBitmap;
  record: Said | null;
  proposals: Proposal[];
}

export const STATES = ['open', 'labeled', 'verified', 'unsure', 'skipped'] as const;
export const LABEL = 'label';
export const REJECTED = 'rejected:';
export const SMALLEST = 3;
