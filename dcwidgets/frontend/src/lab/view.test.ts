import { expect, test } from 'vitest';

import type { Lesson, LessonProgress } from './lessons';
import { lessonAfter, viewCourse, type Reading } from './view';

const LESSONS = ['01', '02', '03'].map((id) => ({
  id,
  title: `Lesson ${id}`,
  promise: '',
  notebook: `${id}_lesson.ipynb`,
  minutes: 45,
  checks: [
    { name: `${id}-a`, title: 'First' },
    { name: `${id}-b`, title: 'Second' },
  ],
})) satisfies Lesson[];

function reading(progress: Record<string, Partial<LessonProgress>>, front = ''): Reading {
  const whole = { opened: '', data: '', passed: new Set<string>(), score: null };
  return {
    folder: '',
    lessons: LESSONS,
    progress: new Map(Object.entries(progress).map(([id, part]) => [id, { ...whole, ...part }])),
    names: new Set(['01_lesson.ipynb', '02_lesson.ipynb']),
    front,
    torn: false,
    readOnly: false,
    ledger: '',
  };
}

test('at the start the first lesson comes next', () => {
  const view = viewCourse(reading({}));

  expect(view.next).toEqual({ lesson: LESSONS[0], state: 'new', check: null });
  expect([view.passed, view.total]).toEqual([0, 6]);
});

test('the lesson opened last goes on with its first open check', () => {
  const view = viewCourse(
    reading({
      '01': { opened: '2026-11-01T10:00:00Z' },
      '02': { opened: '2026-11-02T10:00:00Z', passed: new Set(['02-a']) },
    })
  );

  expect(view.next?.lesson.id).toBe('02');
  expect(view.next?.check?.name).toBe('02-b');
  expect(view.opened).toBe('2026-11-02T10:00:00Z');
});

test('a lesson is done once all its checks passed', () => {
  const view = viewCourse(
    reading({ '01': { opened: '2026-11-01T10:00:00Z', passed: new Set(['01-a', '01-b']) } })
  );

  expect(view.lessons.map((each) => each.state)).toEqual(['done', 'new', 'new']);
  expect(view.next?.lesson.id).toBe('02');
});

test('a lesson whose notebook is missing is never the next one', () => {
  const passed = (id: string): Partial<LessonProgress> => ({
    opened: '2026-11-01T10:00:00Z',
    passed: new Set([`${id}-a`, `${id}-b`]),
  });

  const view = viewCourse(reading({ '01': passed('01'), '02': passed('02') }));

  expect(view.lessons[2]?.present).toBe(false);
  expect(view.next).toBeNull();
});

test('a check that this version does not know is not counted', () => {
  const view = viewCourse(reading({ '01': { passed: new Set(['01-gone']) } }));

  expect(view.passed).toBe(0);
});

test('the lesson after the one in front is the next in the folder', () => {
  expect(lessonAfter(viewCourse(reading({}, '01_lesson.ipynb')))?.id).toBe('02');
  expect(lessonAfter(viewCourse(reading({}, '02_lesson.ipynb')))).toBeNull();
  expect(lessonAfter(viewCourse(reading({}, 'other.ipynb')))).toBeNull();
});

test('the score so far goes from the first lesson with one to the last, on the same data', () => {
  const at = (day: string, data: string, first: number, last: number): Partial<LessonProgress> => ({
    opened: `2026-11-${day}T10:00:00Z`,
    data,
    score: { first, last },
  });
  const view = viewCourse(
    reading({
      '01': at('01', 'pocket_pets', 0.66, 0.7),
      '02': at('02', 'cats_vs_dogs', 0.1, 0.2),
      '03': at('03', 'pocket_pets', 0.7, 0.81),
    })
  );

  expect(view.score).toEqual({ first: 0.66, last: 0.81 });
  expect(viewCourse(reading({})).score).toBeNull();
});

test('minutes to go are those of the lessons that are not done', () => {
  const passed = { opened: '2026', passed: new Set(['01-a', '01-b']) };

  expect(viewCourse(reading({ '01': passed })).minutesLeft).toBe(90);
});
