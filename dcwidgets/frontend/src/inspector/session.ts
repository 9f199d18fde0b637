import type { AnyModel } from '@anywidget/types';

import type { Call } from '../shared/calls';
import { caller, latest } from '../shared/calls';
import { atRest } from '../shared/dom';
import type { Filter } from './filter';
import { Crossfilter } from './filter';
import { Listeners } from '../shared/listeners';
import type { Content, Edits, Findings, Opened } from './opening';
import { decodeOpened, decodeState, DROPPED, MOVED, RELABELLED, WEIGHTED } from './opening';
import { Selection, unpackKeys } from '../grid/selection';
import type { Column, Header } from './table';
import { bytesOf } from '../shared/bytes';
import { categoryColumn } from './table';

/** Name of the column that follows the recipe; it exists in the page alone. */
export const EDIT = 'edit';

export const VERDICTS = ['open', 'accepted', 'rejected', 'unsure'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** A brush moves sixty times a second; nobody reads its filter in Python as often. */
const REST = 60;

export type EditOp = 'drop' | 'move' | 'relabel';

interface Told {
  event?: 'selection' | 'filters' | 'state' | 'price';
  form?: string;
  filters?: Record<string, Filter>;
  price?: [number, number] | null;
}

/** What one view of the inspector knows, and its line to the kernel. */
export class Session {
  readonly filter: Crossfilter;
  readonly selection: Selection;
  /** Selected findings, in the findings tab. */
  readonly judged: Selection;
  readonly findings: Findings;
  edits: Edits;
  price: [number, number] | null;
  /** One line of Python that does what was done last. */
  code = '';

  readonly filtered = new Listeners();
  readonly edited = new Listeners();
  readonly coded = new Listeners();
  readonly priced = new Listeners();
  /** Shows a sentence to the reader. */
  say: (message: string) => void = () => undefined;

  private silent = false;
  /** Decisions that the kernel has not taken yet. */
  private judging = 0;
  private readonly reportFilters: () => void;
  private readonly reportSelection: () => void;

  constructor(
    private readonly model: AnyModel,
    readonly call: Call,
    readonly content: Content,
    signal: AbortSignal
  ) {
    const { opened, columns } = content;
    this.filter = new Crossfilter(columns, opened.n);
    this.selection = new Selection(opened.n);
    this.judged = new Selection(content.findings.n);
    this.findings = content.findings;
    this.edits = content.edits;
    this.price = opened.price;
    this.filter.replace(new Map(Object.entries(opened.filters)));
    this.selection.choose(content.selected);
    this.putEditColumn();
    const filters = latest(async () => {
      await this.ask('filter', { filters: this.ownFilters() });
    });
    const selection = latest(async () => {
      const { form, buffer } = this.selection.pack();
      await this.ask('select', { form }, [buffer]);
    });
    this.reportFilters = atRest(() => filters(undefined), REST, signal);
    this.reportSelection = atRest(() => selection(undefined), REST, signal);
    this.selection.changed.add(() => this.selectionChanged());
    this.listen(signal);
  }

  get n(): number {
    return this.content.opened.n;
  }

  get classes(): string[] {
    return this.content.opened.classes;
  }

  column(name: string): Column | undefined {
    return this.filter.columns.get(name);
  }

  setFilter(name: string, filter: Filter | null): void {
    this.filter.set(name, filter);
    this.tellCode(`inspector.filters = ${this.filtersInPython()}`);
    this.filtered.tell();
    this.reportFilters();
  }

  clearFilters(): void {
    this.filter.replace(new Map());
    this.tellCode('inspector.filters = {}');
    this.filtered.tell();
    this.reportFilters();
  }

  /** The selected rows, else all that pass the filters. */
  idsToSave(): Selection {
    if (this.selection.count) {
      return this.selection;
    }
    const passing = new Selection(this.n);
    passing.choose(this.filter.visible);
    return passing;
  }

  /** Add an edit of these rows to the recipe. */
  async edit(op: EditOp, rows: Selection, reason: string, value = ''): Promise<void> {
    const { form, buffer } = rows.pack();
    await this.ask('edit', { op, value, reason, form }, [buffer]);
  }

  /** Judge findings; shown at once, whatever else keeps the kernel busy. */
  async decide(findings: Uint32Array, verdict: Verdict): Promise<void> {
    const { verdicts } = this.edits;
    const before = findings.map((finding) => verdicts[finding]!);
    findings.forEach((finding) => (verdicts[finding] = VERDICTS.indexOf(verdict)));
    this.edited.tell();
    this.judging++;
    const taken = await this.ask('decide', { decision: verdict }, [findings]);
    this.judging--;
    if (!taken) {
      findings.forEach((finding, at) => (this.edits.verdicts[finding] = before[at]!));
      this.edited.tell();
    }
  }

  async undo(): Promise<void> {
    if (this.edits.undo) {
      this.tellCode('inspector.undo()');
      await this.ask('undo');
    }
  }

  async redo(): Promise<void> {
    if (this.edits.redo) {
      this.tellCode('inspector.redo()');
      await this.ask('redo');
    }
  }

  tellCode(line: string): void {
    this.code = line;
    this.coded.tell();
  }

  /** Ask, and show an error to the reader instead of raising it. */
  private async ask(
    type: string,
    fields: object = {},
    buffers: ArrayBufferView[] = []
  ): Promise<boolean> {
    try {
      await this.call(type, fields, buffers);
      this.say('');
      return true;
    } catch (error) {
      this.say(error instanceof Error ? error.message : String(error));
      return false;
    }
  }

  private selectionChanged(): void {
    if (this.silent) {
      return;
    }
    const { count } = this.selection;
    const all = count > 0 && count === this.filter.visible.length;
    const some = count ? `inspector.selection  # ${count} ids` : 'inspector.selection = []';
    this.tellCode(all ? 'inspector.selection = inspector.filtered' : some);
    this.reportSelection();
  }

  private ownFilters(): Record<string, Filter> {
    return Object.fromEntries([...this.filter.filters].filter(([name]) => name !== EDIT));
  }

  private filtersInPython(): string {
    const headers = new Map(this.content.opened.columns.map((header) => [header.name, header]));
    const parts = Object.entries(this.ownFilters()).map(
      ([name, filter]) => `${quote(name)}: ${filterInPython(headers.get(name), filter)}`
    );
    return `{${parts.join(', ')}}`;
  }

  private listen(signal: AbortSignal): void {
    const hear = (told: Told, buffers: DataView[]): void => {
      if (told.event) {
        this.silent = true; // what Python says is not reported back to it
        this.take(told, buffers);
        this.silent = false;
      }
    };
    this.model.on('msg:custom', hear);
    signal.addEventListener('abort', () => this.model.off('msg:custom', hear));
  }

  private take(told: Told, buffers: DataView[]): void {
    if (told.event === 'selection') {
      this.selection.choose(unpackKeys(told.form ?? '', bytesOf(buffers[0]), this.n));
    } else if (told.event === 'filters') {
      this.filter.replace(new Map(Object.entries(told.filters ?? {})));
      this.filtered.tell();
    } else if (told.event === 'state') {
      const { verdicts } = this.edits;
      this.edits = decodeState(told as never, buffers, this.n);
      if (this.judging) {
        // What the kernel says is older than what the reader has judged since.
        this.edits.verdicts = verdicts;
      }
      this.putEditColumn();
      this.edited.tell();
    } else {
      this.price = told.price ?? null;
      this.priced.tell();
    }
  }

  /** Keep a column of what the recipe does with each picture, as long as it does anything. */
  private putEditColumn(): void {
    const { marks, rows } = this.edits;
    if (!rows.length) {
      if (this.column(EDIT)) {
        this.filter.drop(EDIT);
      }
      return;
    }
    const done = new Set(Array.from(rows, (row) => editOf(marks[row]!)));
    const labels = ['unchanged', ...EDITS.filter((edit) => done.has(edit))];
    const codes = new Uint8Array(this.n).fill(1);
    rows.forEach((row) => (codes[row] = 1 + labels.indexOf(editOf(marks[row]!))));
    this.filter.put(categoryColumn(EDIT, labels, codes));
  }
}

/** Open a session: fetch the columns, the findings and what is selected already. */
export async function openSession(
  model: AnyModel,
  signal: AbortSignal,
  waiting: (late: boolean) => void
): Promise<Session> {
  const call = caller(model, signal, waiting);
  const { reply, buffers } = await call<Opened>('open');
  return new Session(model, call, decodeOpened(reply, buffers), signal);
}

const EDITS = ['dropped', 'relabelled', 'moved', 'weighted'] as const;

/** The edit that matters most for a picture with these marks. */
function editOf(marks: number): (typeof EDITS)[number] {
  return EDITS[[DROPPED, RELABELLED, MOVED, WEIGHTED].findIndex((mark) => marks & mark)]!;
}

export function quote(text: string): string {
  return JSON.stringify(text);
}

function filterInPython(header: Header | undefined, filter: Filter): string {
  if ('missing' in filter) {
    return 'None';
  }
  if ('range' in filter) {
    return `(${filter.range.map((end) => end ?? 'None').join(', ')})`;
  }
  const name = (code: number): string => {
    const label = header?.labels[code - 1] ?? '';
    return code === 0 ? 'None' : header?.text ? quote(label) : label;
  };
  const names = filter.codes.map(name);
  const shown = names.length > 6 ? [...names.slice(0, 6), '...'] : names;
  return `[${shown.join(', ')}]`;
}
