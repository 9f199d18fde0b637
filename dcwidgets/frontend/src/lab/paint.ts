import type { TranslationBundle } from '@jupyterlab/translation';

import { keyed, make } from './dom';
import type { Lesson, Score } from './lessons';
import type { CourseView, LessonView, State } from './view';

/** What the panel can do for its reader. */
export interface Actions {
  open(lesson: Lesson): void;
  reset(lesson: Lesson): void;
  ledger(): void;
  exportProgress(): void;
}

/** The whole panel as new nodes. */
export function paintCourse(view: CourseView, actions: Actions, trans: TranslationBundle): Node[] {
  if (view.lessons.length === 0) {
    return [paintEmpty(trans)];
  }
  const rows = view.lessons.map((each) => paintLesson(each, view, actions, trans));
  return [
    paintProgress(view, trans),
    ...notes(view, trans).map((text) => make('p', 'dcw-course-note', {}, text)),
    paintNext(view, actions, trans),
    make('h3', 'dcw-course-heading', {}, trans.__('Lessons')),
    make('ol', 'dcw-course-lessons', {}, ...rows),
    make(
      'div',
      'dcw-course-foot',
      {},
      keyed('ledger', 'dcw-course-plain', () => actions.ledger(), trans.__('Show the ledger')),
      keyed(
        'export',
        'dcw-course-plain',
        () => actions.exportProgress(),
        trans.__('Export progress…')
      )
    ),
  ];
}

function paintEmpty(trans: TranslationBundle): Node {
  return make(
    'div',
    'dcw-course-empty',
    {},
    make('p', '', {}, trans.__('There is no course in this folder yet.')),
    make('p', '', {}, trans.__('Start it from a terminal, in a folder of your own:')),
    make('pre', '', {}, 'dcwidgets lab'),
    make('p', '', {}, trans.__('or open a lesson’s notebook, and this panel follows it.'))
  );
}

/** What stands in the way of keeping progress. */
function notes(view: CourseView, trans: TranslationBundle): string[] {
  if (view.readOnly) {
    return [
      trans.__(
        'This folder cannot be written to. Lessons work, but nothing is kept, your progress neither: copy the folder to a place of your own.'
      ),
    ];
  }
  const torn = trans.__(
    'The progress file cannot be read. Your next check starts a new one and keeps the old beside it.'
  );
  return view.torn ? [torn] : [];
}

function paintProgress(view: CourseView, trans: TranslationBundle): Node {
  const done = paintDone(view, trans);
  const left = view.minutesLeft > 0 ? trans.__('%1 min to go', view.minutesLeft) : '';
  const facts = make('div', 'dcw-course-facts', {}, make('span', '', {}, left));
  if (view.score) {
    facts.append(
      make('span', '', {}, trans.__('Score so far'), ' ', paintScore(view.score, trans))
    );
  }
  done.append(facts);
  return done;
}

function paintDone(view: CourseView, trans: TranslationBundle): HTMLElement {
  if (view.total === 0) {
    const done = view.lessons.filter((each) => each.state === 'done').length;
    return bar(
      done,
      view.lessons.length,
      trans._n('%2 of %1 lesson done', '%2 of %1 lessons done', view.lessons.length, done)
    );
  }
  const { passed, total } = view;
  const text = trans._n('%2 of %1 check passed', '%2 of %1 checks passed', total, passed);
  return bar(passed, total, text);
}

function bar(done: number, total: number, text: string): HTMLElement {
  const progress = make('progress', '', {
    value: String(done),
    max: String(total),
    'aria-label': text,
  });
  const caption = make('span', '', { 'aria-hidden': 'true' }, text);
  return make('div', 'dcw-course-progress', {}, progress, caption);
}

/** Why no lesson comes next. */
export function nothingNext(view: CourseView, trans: TranslationBundle): string {
  return view.lessons.every(({ state }) => state === 'done')
    ? trans.__('Every lesson is done. The ledger shows the way your score took.')
    : trans.__(
        'The notebooks of the lessons to come are not in this folder. Put them back with: dcwidgets lab'
      );
}

function paintNext(view: CourseView, actions: Actions, trans: TranslationBundle): Node {
  const heading = make('h3', 'dcw-course-heading', {}, trans.__('Next step'));
  if (!view.next) {
    const text = make('p', '', {}, nothingNext(view, trans));
    return make('section', 'dcw-course-next', {}, heading, text);
  }
  const { lesson, state, check } = view.next;
  return make(
    'section',
    'dcw-course-next',
    {},
    heading,
    make('strong', '', {}, `${lesson.id} ${lesson.title}`),
    make('p', '', {}, check ? check.title || check.name : lesson.promise),
    keyed(
      'next',
      'dcw-course-go',
      () => actions.open(lesson),
      state === 'new' ? trans.__('Start lesson') : trans.__('Continue')
    )
  );
}

function paintLesson(
  each: LessonView,
  view: CourseView,
  actions: Actions,
  trans: TranslationBundle
): Node {
  const { lesson, state, present } = each;
  const front = lesson.notebook === view.front;
  const button = keyed(
    `open-${lesson.id}`,
    'dcw-course-open',
    () => actions.open(lesson),
    make('span', 'dcw-course-mark', { 'aria-hidden': 'true' }, state === 'done' ? '✓' : lesson.id),
    make('span', 'dcw-course-title', {}, lesson.title),
    make('span', 'dcw-course-minutes', {}, minutes(lesson, trans)),
    make('span', 'dcw-course-meta', {}, ...meta(each, trans))
  );
  button.disabled = !present;
  button.title = lesson.promise;
  const row = make(
    'li',
    'dcw-course-lesson',
    { 'data-state': state, 'data-lesson': lesson.id },
    button
  );
  if (front) {
    button.setAttribute('aria-current', 'true');
  }
  // Eight open lists are a wall: only the lesson in front, or the next one, shows its checks.
  if (present && (front || (!view.front && view.next?.lesson.id === lesson.id))) {
    row.append(paintDetails(each, actions, trans));
  }
  return row;
}

function paintDetails(each: LessonView, actions: Actions, trans: TranslationBundle): Node {
  const checks = each.checks.map((check) => {
    const said = check.passed ? trans.__('passed') : trans.__('open');
    return make(
      'li',
      '',
      { 'data-passed': String(check.passed) },
      make(
        'span',
        'dcw-course-tick',
        { role: 'img', 'aria-label': said },
        check.passed ? '✓' : '○'
      ),
      make('span', '', {}, check.title || check.name)
    );
  });
  const reset = keyed(
    `reset-${each.lesson.id}`,
    'dcw-course-plain',
    () => actions.reset(each.lesson),
    trans.__('Reset to the original…')
  );
  const list = make('ul', 'dcw-course-checks', {}, ...checks);
  return make('div', 'dcw-course-details', {}, ...(checks.length ? [list] : []), reset);
}

function minutes(lesson: Lesson, trans: TranslationBundle): string {
  return lesson.minutes > 0 ? trans.__('%1 min', lesson.minutes) : '';
}

function meta(each: LessonView, trans: TranslationBundle): Node[] {
  const { present, state, passed, checks, score } = each;
  const words = [present ? stateWord(state, trans) : trans.__('not in this folder')];
  if (present && checks.length > 0) {
    words.push(trans._n('%2 of %1 check', '%2 of %1 checks', checks.length, passed));
  }
  const spans = words.map((text) => make('span', '', {}, text));
  return score ? [...spans, paintScore(score, trans)] : spans;
}

function stateWord(state: State, trans: TranslationBundle): string {
  return { new: trans.__('not started'), started: trans.__('under way'), done: trans.__('done') }[
    state
  ];
}

function paintScore({ first, last }: Score, trans: TranslationBundle): Node {
  const from = first.toFixed(2);
  const to = last.toFixed(2);
  const moved = from !== to;
  const said = moved
    ? trans.__('score on the trusted set: first %1, now %2', from, to)
    : trans.__('score on the trusted set: %1', to);
  return make(
    'span',
    'dcw-course-score',
    { title: said, 'aria-label': said, role: 'img' },
    moved ? `${from} → ${to}` : to
  );
}
