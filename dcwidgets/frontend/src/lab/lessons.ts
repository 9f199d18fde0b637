/** What Python writes beside the notebooks, read so that a torn file never breaks the panel. */

export interface Check {
  name: string;
  title: string;
}

export interface Lesson {
  id: string;
  title: string;
  promise: string;
  notebook: string;
  /** 0 where nobody said. */
  minutes: number;
  checks: Check[];
}

/** Accuracy on the trusted test set, between 0 and 1. */
export interface Score {
  first: number;
  last: number;
}

export interface LessonProgress {
  /** ISO 8601, UTC; empty where the lesson was never opened. */
  opened: string;
  /** Name of the data that it was opened with. */
  data: string;
  passed: ReadonlySet<string>;
  score: Score | null;
}

export type Progress = ReadonlyMap<string, LessonProgress>;

type Fields = Readonly<Record<string, unknown>>;

const STEMS = 'objectives|curation|pipelines|augmentation|labeling|training|evaluation|coresets';
/** Our names only: anybody's `01_intro.ipynb` is no lesson of this course. */
const LESSON_FILE = new RegExp(`^(\\d\\d)_(${STEMS})\\.ipynb$`);

/** The lessons of `work/course.json`, in order; null where the text holds none. */
export function parseLessons(text: string): Lesson[] | null {
  const entries = fields(parseJson(text))['lessons'];
  if (!Array.isArray(entries)) {
    return null;
  }
  const lessons = entries.map(fields).flatMap((entry) => parseLesson(entry) ?? []);
  return lessons.length > 0 ? lessons : null;
}

/** The lessons that a folder's file names tell of, for a folder without a lesson list. */
export function lessonsFromNames(names: Iterable<string>): Lesson[] {
  const found = [...names].sort().flatMap((notebook) => {
    const [, id, stem] = LESSON_FILE.exec(notebook) ?? [];
    return id && stem ? [{ id, stem, notebook }] : [];
  });
  return found.map(({ id, stem, notebook }) => ({
    id,
    title: stem.charAt(0).toUpperCase() + stem.slice(1),
    promise: '',
    notebook,
    minutes: 0,
    checks: [],
  }));
}

/** What `work/progress.json` says by lesson id; null where the text is torn. */
export function parseProgress(text: string): Progress | null {
  const lessons = fields(parseJson(text))['lessons'];
  if (!isFields(lessons)) {
    return null;
  }
  return new Map(Object.entries(lessons).map(([id, entry]) => [id, parseEntry(fields(entry))]));
}

function parseLesson(entry: Fields): Lesson | null {
  const id = word(entry['id']);
  const notebook = word(entry['notebook']);
  // A list is a file that anybody may edit: a notebook is a name beside it, never a way out.
  if (!id || !notebook.endsWith('.ipynb') || notebook.includes('/')) {
    return null;
  }
  const checks = Array.isArray(entry['checks']) ? entry['checks'].map(fields) : [];
  return {
    id,
    notebook,
    title: word(entry['title']) || id,
    promise: word(entry['promise']),
    minutes: number(entry['minutes']) ?? 0,
    checks: checks
      .map((check) => ({ name: word(check['name']), title: word(check['title']) }))
      .filter((check) => check.name),
  };
}

function parseEntry(entry: Fields): LessonProgress {
  const checks = Object.entries(fields(entry['checks']));
  return {
    opened: word(entry['opened']),
    data: word(entry['data']),
    passed: new Set(checks.flatMap(([name, at]) => (fields(at)['passed'] === true ? [name] : []))),
    score: parseScore(fields(entry['score'])),
  };
}

function parseScore(score: Fields): Score | null {
  const first = number(score['first']);
  const last = number(score['last']);
  return first === null || last === null ? null : { first, last };
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null; // torn: the caller says what it shows instead
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function fields(value: unknown): Fields {
  return isFields(value) ? value : {};
}

export function word(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
