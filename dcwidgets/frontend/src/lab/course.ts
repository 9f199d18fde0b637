import { PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';
import { Signal, type ISignal } from '@lumino/signaling';

import { lessonsFromNames, parseLessons, parseProgress, type Progress } from './lessons';
import type { ICourse } from './tokens';
import { NO_COURSE, viewCourse, type CourseView } from './view';

type Listing = ReadonlyMap<string, Contents.IModel>;

const NOTHING: Listing = new Map();

/** Folders under the server's root that may hold the course, tried in this order. */
const LIKELY = ['', 'course', 'notebooks'];

/** Reads the course folder through the Contents API, and keeps what it last understood. */
export class Course implements ICourse {
  constructor(private readonly contents: Pick<Contents.IManager, 'get'>) {}

  get view(): CourseView {
    return this._view;
  }

  get changed(): ISignal<this, CourseView> {
    return this._changed;
  }

  path(...names: string[]): string {
    return PathExt.join(this._view.folder ?? '', ...names);
  }

  async follow(path: string): Promise<void> {
    this.front = path;
    await this.refresh();
  }

  refresh(): Promise<void> {
    this.waiting ??= this.reading.then(() => {
      this.waiting = null;
      return this.read();
    });
    this.reading = this.waiting;
    return this.waiting;
  }

  async readWork(name: string): Promise<string> {
    const root = await this.list(this._view.folder ?? '');
    const work = await this.listWork(this._view.folder ?? '', root);
    return this.text(work.get(name));
  }

  private async read(): Promise<void> {
    const view = await this.look().catch(() => this._view); // server away: keep what is shown
    if (JSON.stringify(view) !== JSON.stringify(this._view)) {
      this._view = view;
      this._changed.emit(view);
    }
  }

  private async look(): Promise<CourseView> {
    const root = await this.list('');
    const inRoot = LIKELY.filter((name) => !name || root.get(name)?.type === 'directory');
    const near = PathExt.dirname(this.front);
    for (const folder of new Set([near, this._view.folder ?? '', ...inRoot])) {
      const view = await this.lookIn(
        folder,
        folder ? await this.list(folder).catch(() => NOTHING) : root
      );
      if (view) {
        return view;
      }
    }
    return NO_COURSE;
  }

  private async lookIn(folder: string, files: Listing): Promise<CourseView | null> {
    const work = await this.listWork(folder, files);
    const lessons =
      parseLessons(await this.text(work.get('course.json'))) ?? lessonsFromNames(files.keys());
    if (lessons.length === 0) {
      return null;
    }
    const { progress, torn } = await this.readProgress(folder, work);
    const front = PathExt.dirname(this.front) === folder ? PathExt.basename(this.front) : '';
    const names = new Set(files.keys());
    const ledger = stamp(work.get('ledger.jsonl'));
    const readOnly = !(files.get('work')?.writable ?? this.writable.get(folder) ?? true);
    return viewCourse({ folder, lessons, progress, names, front, torn, readOnly, ledger });
  }

  private async readProgress(
    folder: string,
    work: Listing
  ): Promise<{ progress: Progress; torn: boolean }> {
    const text = await this.text(work.get('progress.json'));
    const progress = parseProgress(text);
    if (progress) {
      this.understood.set(folder, progress);
      return { progress, torn: false };
    }
    // A torn file is no reason to take away what the learner has seen ticked.
    const kept = text ? this.understood.get(folder) : undefined;
    return { progress: kept ?? new Map(), torn: text !== '' };
  }

  /** Asking only for what a listing names keeps 404s out of the browser's console. */
  private async list(folder: string): Promise<Listing> {
    const model = await this.contents.get(folder, { content: true, type: 'directory' });
    const entries = (model.content ?? []) as Contents.IModel[];
    this.writable.set(folder, model.writable);
    return new Map(entries.map((entry) => [entry.name, entry]));
  }

  private async listWork(folder: string, files: Listing): Promise<Listing> {
    const there = files.get('work')?.type === 'directory';
    return there ? this.list(PathExt.join(folder, 'work')) : NOTHING;
  }

  private async text(file: Contents.IModel | undefined): Promise<string> {
    if (!file) {
      return '';
    }
    const known = this.texts.get(file.path);
    if (known?.stamp === stamp(file)) {
      return known.text;
    }
    const options = { content: true, type: 'file', format: 'text' } as const;
    const model = await this.contents.get(file.path, options).catch(() => null);
    const text = typeof model?.content === 'string' ? model.content : '';
    this.texts.set(file.path, { stamp: stamp(file), text });
    return text;
  }

  private front = '';
  private waiting: Promise<void> | null = null;
  private reading: Promise<void> = Promise.resolve();
  private _view: CourseView = NO_COURSE;
  private readonly _changed = new Signal<this, CourseView>(this);
  private readonly texts = new Map<string, { stamp: string; text: string }>();
  private readonly writable = new Map<string, boolean>();
  private readonly understood = new Map<string, Progress>();
}

function stamp(file: Contents.IModel | undefined): string {
  return file ? `${file.last_modified} ${file.size ?? ''}` : '';
}
