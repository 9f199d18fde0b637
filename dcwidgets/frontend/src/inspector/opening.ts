import type { Reply } from '../shared/requests';
import type { Filter } from './filter';
import type { Column, Header } from './table';
import { bytesOf } from '../shared/bytes';
import { decodeColumn } from './table';
import { unpackKeys } from '../grid/selection';

/** One step of the recipe, its ids counted. */
export interface Step {
  op: 'drop' | 'move' | 'relabel' | 'add' | 'weight';
  n: number;
  reason: string;
  value?: string;
}

interface StateFields {
  steps: Step[];
  undo: boolean;
  redo: boolean;
  splits: string[];
}

/** What the kernel answers to "open"; the buffers hold columns, findings, selection, state. */
export interface Opened extends Reply {
  name: string;
  n: number;
  classes: string[];
  columns: Header[];
  findings: { n: number; issues: string[]; gone: number };
  filters: Record<string, Filter>;
  selection: { form: string };
  state: StateFields;
  price: [number, number] | null;
}

/** The findings of an audit, worst first. */
export interface Findings {
  n: number;
  issues: string[];
  /** Findings about pictures that are not in this set any more. */
  gone: number;
  /** Row of each finding, -1 if it is about the whole set. */
  rows: Int32Array;
  /** Row of the partner in a pair, else -1. */
  others: Int32Array;
  codes: Uint8Array;
  scores: Float32Array;
  /** Distance of a pair, NaN where none is known. */
  distances: Float32Array;
}

export const DROPPED = 1;
export const MOVED = 2;
export const RELABELLED = 4;
export const WEIGHTED = 8;

/** What the recipe does, row by row, and what can be undone. */
export interface Edits extends StateFields {
  rows: Uint32Array;
  /** Per row of the table: DROPPED, MOVED, RELABELLED, WEIGHTED. */
  marks: Uint8Array;
  /** Per row: 1 + the position in `splits`, 0 if unchanged; likewise `label` in the classes. */
  split: Uint16Array;
  label: Uint16Array;
  verdicts: Uint8Array;
}

export interface Content {
  opened: Opened;
  columns: Column[];
  findings: Findings;
  selected: ArrayLike<number> & Iterable<number>;
  edits: Edits;
}

export function decodeOpened(opened: Opened, buffers: DataView[]): Content {
  const next = buffers[Symbol.iterator]();
  const take = (): DataView | undefined => next.next().value;
  const columns = opened.columns.map((header) => decodeColumn(readable(header), take()));
  const findings: Findings = {
    ...opened.findings,
    rows: new Int32Array(bytesOf(take())),
    others: new Int32Array(bytesOf(take())),
    codes: new Uint8Array(bytesOf(take())),
    scores: new Float32Array(bytesOf(take())),
    distances: new Float32Array(bytesOf(take())),
  };
  const selected = unpackKeys(opened.selection.form, bytesOf(take()), opened.n);
  const edits = decodeState(opened.state, [take(), take(), take(), take(), take()], opened.n);
  return { opened, columns, findings, selected, edits };
}

/** Issues are written as words; `header` keeps the names that Python knows. */
function readable(header: Header): Header {
  const labels = header.labels.map((label) => label.replaceAll('_', ' '));
  return header.name === 'finding' ? { ...header, labels } : header;
}

export function decodeState(
  fields: StateFields,
  buffers: (DataView | undefined)[],
  n: number
): Edits {
  const rows = new Uint32Array(bytesOf(buffers[0]));
  const marks = new Uint8Array(bytesOf(buffers[1]));
  const split = new Uint16Array(bytesOf(buffers[2]));
  const label = new Uint16Array(bytesOf(buffers[3]));
  const edits: Edits = {
    ...{ steps: fields.steps, undo: fields.undo, redo: fields.redo, splits: fields.splits, rows },
    ...{ marks: new Uint8Array(n), split: new Uint16Array(n), label: new Uint16Array(n) },
    verdicts: new Uint8Array(bytesOf(buffers[4])),
  };
  rows.forEach((row, at) => {
    edits.marks[row] = marks[at]!;
    edits.split[row] = split[at]!;
    edits.label[row] = label[at]!;
  });
  return edits;
}
