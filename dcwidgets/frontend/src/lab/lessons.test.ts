import { expect, test } from 'vitest';

import { lessonsFromNames, parseLessons, parseProgress } from './lessons';

const LESSON = { id: '02', title: 'Curation', notebook: '02_curation.ipynb', minutes: 45 };

test('a lesson list keeps its order, its minutes and its checks', () => {
  const checks = [{ name: '02-leaks', title: 'Find the leaks' }];
  const text = JSON.stringify({
    lessons: [
      { ...LESSON, checks },
      { ...LESSON, id: '03' },
    ],
  });

  const lessons = parseLessons(text);

  expect(lessons?.map((lesson) => lesson.id)).toEqual(['02', '03']);
  expect(lessons?.[0]).toEqual({ ...LESSON, promise: '', checks });
});

test.each(['', '{', '[]', '{"lessons": {}}', '{"lessons": [7, null, {"id": "02"}]}'])(
  'a list that holds no lesson is none: %s',
  (text) => {
    expect(parseLessons(text)).toBeNull();
  }
);

test('a list cannot point out of the folder', () => {
  const text = JSON.stringify({ lessons: [{ ...LESSON, notebook: '../secret.ipynb' }] });

  expect(parseLessons(text)).toBeNull();
});

test('without a list the file names of the lessons are one, and nothing else is', () => {
  const names = [
    '02_curation.ipynb',
    '01_objectives.ipynb',
    '01_intro.ipynb',
    'work',
    '02_curation-kept-1.ipynb',
  ];

  const lessons = lessonsFromNames(names);

  expect(lessons.map(({ id, title }) => [id, title])).toEqual([
    ['01', 'Objectives'],
    ['02', 'Curation'],
  ]);
});

test('progress tells what was passed, and the score only if it is whole', () => {
  const progress = parseProgress(
    JSON.stringify({
      format: 1,
      lessons: {
        '01': { opened: '2026-11-01T10:00:00Z', score: { first: 0.66 } },
        '02': {
          checks: { '02-leaks': { passed: true, tries: 2 }, '02-split': { passed: false } },
          score: { first: 0.66, last: 0.8 },
        },
      },
    })
  );

  expect(progress?.get('01')?.score).toBeNull();
  expect(progress?.get('02')?.passed).toEqual(new Set(['02-leaks']));
  expect(progress?.get('02')?.score).toEqual({ first: 0.66, last: 0.8 });
});

test.each(['', '{"lessons": {"02": {"che', 'null', '{"lessons": 3}'])(
  'torn progress is told apart from no progress: %s',
  (text) => {
    expect(parseProgress(text)).toBeNull();
    expect(parseProgress('{"lessons": {}}')?.size).toBe(0);
  }
);

test('odd entries count as nothing, the others stay', () => {
  const progress = parseProgress('{"lessons": {"01": 5, "02": {"opened": 3, "checks": []}}}');

  expect(progress?.get('01')).toEqual({ opened: '', data: '', passed: new Set(), score: null });
  expect(progress?.get('02')?.opened).toBe('');
});
