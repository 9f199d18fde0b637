import type { Check, Lesson, LessonProgress, Progress, Score } from './lessons';

const NOTHING: LessonProgress = { opened: '', data: '', passed: new Set(), score: null };

export type State = 'new' | 'started' | 'done';

export interface LessonView {
  lesson: Lesson;
  /** Its notebook lies in the course folder. */
  present: boolean;
  state: State;
  checks: (Check & { passed: boolean })[];
  passed: number;
  score: Score | null;
}

export interface Step {
  lesson: Lesson;
  state: State;
  /** The first check that is still open, where the lesson is under way. */
  check: Check | null;
}

export interface CourseView {
  /** Path of the course folder from the server's root; null where no course was found. */
  folder: string | null;
  lessons: LessonView[];
  passed: number;
  total: number;
  /** File name of the lesson's notebook in front, empty where there is none. */
  front: string;
  /** Null once everything is done, and where there is no course. */
  next: Step | null;
  /** When a lesson was last opened, ISO 8601; empty where none was. */
  opened: string;
  /** `work/progress.json` is there and cannot be read. */
  torn: boolean;
  /** Nothing can be written where progress would be. */
  readOnly: boolean;
  /** From the first lesson with a score to the last one, on the data that was opened last. */
  score: Score | null;
  /** Of the lessons that are not done; 0 where nobody said. */
  minutesLeft: number;
  /** Changes whenever `work/ledger.jsonl` does. */
  ledger: string;
}

export const NO_COURSE: CourseView = {
  folder: null,
  lessons: [],
  passed: 0,
  total: 0,
  front: '',
  next: null,
  opened: '',
  torn: false,
  readOnly: false,
  score: null,
  minutesLeft: 0,
  ledger: '',
};

/** What was read from one folder. */
export interface Reading {
  folder: string;
  lessons: readonly Lesson[];
  progress: Progress;
  /** Names of the folder's files. */
  names: ReadonlySet<string>;
  /** File name of the document in front, where it lies in the folder. */
  front: string;
  torn: boolean;
  readOnly: boolean;
  ledger: string;
}

/** Everything the panel shows. */
export function viewCourse(reading: Reading): CourseView {
  const { folder, lessons, progress, names, front, torn, readOnly, ledger } = reading;
  const views = lessons.map((lesson) => viewLesson(lesson, progress, names.has(lesson.notebook)));
  return {
    folder,
    lessons: views,
    passed: sum(views.map((view) => view.passed)),
    total: sum(views.map((view) => view.checks.length)),
    front: lessons.some((lesson) => lesson.notebook === front) ? front : '',
    next: nextStep(views, progress),
    opened:
      [...progress.values()]
        .map((entry) => entry.opened)
        .sort()
        .at(-1) ?? '',
    torn,
    readOnly,
    score: scoreSoFar(lessons, progress),
    minutesLeft: sum(
      views.filter((view) => view.state !== 'done').map((view) => view.lesson.minutes)
    ),
    ledger,
  };
}

/** Scores on other data are of another story: only those on the data opened last count. */
function scoreSoFar(lessons: readonly Lesson[], progress: Progress): Score | null {
  const entries = lessons.flatMap((lesson) => progress.get(lesson.id) ?? []);
  const latest = entries.reduce((a, b) => (b.opened > a.opened ? b : a), entries[0] ?? NOTHING);
  const scores = entries.flatMap((each) =>
    each.score && each.data === latest.data ? [each.score] : []
  );
  const [first] = scores;
  const last = scores.at(-1);
  return first && last ? { first: first.first, last: last.last } : null;
}

/** The lesson after the one in front, of those in the folder. */
export function lessonAfter(view: CourseView): Lesson | null {
  const present = view.lessons.filter((each) => each.present);
  const at = present.findIndex((each) => each.lesson.notebook === view.front);
  return at < 0 ? null : (present[at + 1]?.lesson ?? null);
}

function viewLesson(lesson: Lesson, progress: Progress, present: boolean): LessonView {
  const entry = progress.get(lesson.id);
  const checks = lesson.checks.map((check) => ({
    ...check,
    passed: entry?.passed.has(check.name) ?? false,
  }));
  const passed = checks.filter((check) => check.passed).length;
  const started = Boolean(entry?.opened) || passed > 0;
  const done = started && passed === checks.length && (checks.length > 0 || Boolean(entry?.score));
  const state = done ? 'done' : started ? 'started' : 'new';
  return { lesson, present, state, checks, passed, score: entry?.score ?? null };
}

/** What was opened last and is not done; else the first lesson not done. */
function nextStep(views: readonly LessonView[], progress: Progress): Step | null {
  const open = views.filter((view) => view.present && view.state !== 'done');
  const opened = (view: LessonView): string => progress.get(view.lesson.id)?.opened ?? '';
  const latest = open
    .filter((view) => view.state === 'started')
    .sort((a, b) => opened(b).localeCompare(opened(a)));
  const view = latest[0] ?? open[0];
  if (!view) {
    return null;
  }
  const check = view.state === 'started' ? view.checks.find((each) => !each.passed) : undefined;
  return { lesson: view.lesson, state: view.state, check: check ?? null };
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
