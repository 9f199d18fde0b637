import type { IStateDB } from '@jupyterlab/statedb';
import { Debouncer } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';

import { fields, word } from './lessons';
import type { LessonView } from './view';

/** One cell, as far as the way back to it is concerned. */
export interface CellText {
  id: string;
  source: string;
}

/** What is asked of a notebook's widget; its package is not among ours, so this is all we know. */
export interface NotebookLike extends Widget {
  activeCellIndex: number;
  readonly activeCellChanged: ISignal<unknown, unknown>;
  readonly model: { readonly cells: Iterable<CellLike> } | null;
  scrollToItem?(index: number, align: string): Promise<void>;
}

interface CellLike {
  readonly id: string;
  readonly sharedModel: { getSource(): string };
}

const KEY = 'dcwidgets:places';
/** A learner who walks through cells by arrows saves nothing until there is a pause. */
const PAUSE = 500;
const CHECK = /\bcheck\(\s*["']([^"']+)["']/g;

/** The notebook that a document's widget shows, null where it shows something else. */
export function notebookIn(widget: unknown): NotebookLike | null {
  const content = (widget as { content?: Partial<NotebookLike> } | null)?.content;
  return content?.activeCellChanged && 'activeCellIndex' in content
    ? (content as NotebookLike)
    : null;
}

export function cellTexts(notebook: NotebookLike): CellText[] {
  const cells = notebook.model ? [...notebook.model.cells] : [];
  return cells.map(({ id, sharedModel }) => ({ id, source: sharedModel.getSource() }));
}

/**
 * The cell at which a learner goes on: the later of where he or she was last, and what follows
 * the last check passed. Who has been to the end goes back to the first check that is open.
 */
export function resumeAt(cells: readonly CellText[], lesson: LessonView, last: string): number {
  const named = cells.map(({ source }) => [...source.matchAll(CHECK)].map(([, name]) => name));
  const of = (passed: boolean): Set<string | undefined> =>
    new Set(lesson.checks.filter((check) => check.passed === passed).map((check) => check.name));
  const passed = of(true);
  const open = of(false);
  const afterPassed =
    named.map((names) => names.some((name) => passed.has(name))).lastIndexOf(true) + 1;
  const seen = cells.findIndex((cell) => cell.id === last);
  const place = Math.max(afterPassed, seen, 0);
  const firstOpen = named.findIndex((names) => names.some((name) => open.has(name)));
  return place >= cells.length - 1 && firstOpen >= 0
    ? firstOpen
    : Math.min(place, cells.length - 1);
}

/** Remembers per notebook the cell that was active last, where JupyterLab keeps its layout. */
export class Places {
  constructor(private readonly state: IStateDB | null) {
    this.loaded = this.load();
  }

  /** Follow a notebook; the first cell is where every opening starts, and nothing to remember. */
  watch(path: string, notebook: NotebookLike): void {
    if (this.watched.has(notebook)) {
      return;
    }
    this.watched.add(notebook);
    notebook.activeCellChanged.connect(() => {
      const cell = cellTexts(notebook)[notebook.activeCellIndex];
      if (cell && notebook.activeCellIndex > 0) {
        this.places.set(path, cell.id);
        void this.save.invoke();
      }
    });
  }

  async last(path: string): Promise<string> {
    await this.loaded;
    return this.places.get(path) ?? '';
  }

  forget(path: string): void {
    this.places.delete(path);
    void this.save.invoke();
  }

  private async load(): Promise<void> {
    const kept = fields(await this.state?.fetch(KEY).catch(() => null));
    for (const [path, id] of Object.entries(kept)) {
      if (!this.places.has(path)) {
        this.places.set(path, word(id));
      }
    }
  }

  private readonly loaded: Promise<void>;
  private readonly watched = new WeakSet<NotebookLike>();
  private readonly places = new Map<string, string>();
  private readonly save = new Debouncer(async () => {
    await this.loaded;
    await this.state?.save(KEY, Object.fromEntries(this.places));
  }, PAUSE);
}
