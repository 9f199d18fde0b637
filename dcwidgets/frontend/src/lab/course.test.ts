import { expect, test } from 'vitest';

import { Course } from './course';
import { FakeFiles } from './files.fake';

const NOTEBOOK = '{"cells": []}';
const LIST = JSON.stringify({
  lessons: [
    {
      id: '02',
      title: 'Curation',
      notebook: '02_curation.ipynb',
      minutes: 45,
      checks: [{ name: '02-leaks', title: 'Find the leaks' }],
    },
  ],
});
const PASSED = '{"lessons": {"02": {"opened": "2026", "checks": {"02-leaks": {"passed": true}}}}}';

async function course(
  texts: Record<string, string>
): Promise<{ course: Course; files: FakeFiles }> {
  const files = new FakeFiles(texts);
  const made = new Course(files);
  await made.refresh();
  return { course: made, files };
}

test('a folder without lessons has no course, and nothing missing is asked for', async () => {
  const { course: made, files } = await course({ 'a.txt': '', '01_intro.ipynb': NOTEBOOK });

  expect(made.view.folder).toBeNull();
  expect(files.asked).toEqual(['']);
});

test('list and progress are read from the work folder', async () => {
  const { course: made } = await course({
    '02_curation.ipynb': NOTEBOOK,
    'work/course.json': LIST,
    'work/progress.json': PASSED,
  });

  expect([made.view.passed, made.view.total]).toEqual([1, 1]);
  expect(made.view.lessons[0]?.state).toBe('done');
});

test('without a list the notebooks in the folder are the lessons', async () => {
  const { course: made } = await course({ '02_curation.ipynb': NOTEBOOK, 'work/course.json': '{' });

  expect(made.view.lessons.map((each) => each.lesson.title)).toEqual(['Curation']);
});

test('a torn progress file keeps what was understood before, and says so', async () => {
  const { course: made, files } = await course({
    '02_curation.ipynb': NOTEBOOK,
    'work/course.json': LIST,
    'work/progress.json': PASSED,
  });

  files.texts['work/progress.json'] = PASSED.slice(0, 30);
  await made.refresh();

  expect([made.view.passed, made.view.torn]).toEqual([1, true]);
});

test.each([
  ['', { '02_curation.ipynb': NOTEBOOK }],
  ['work', { '02_curation.ipynb': NOTEBOOK, 'work/course.json': LIST }],
])('where %j cannot be written to, the view says so', async (closed, texts) => {
  const { course: made, files } = await course(texts);
  expect(made.view.readOnly).toBe(false);

  files.closed.add(closed);
  await made.refresh();

  expect(made.view.readOnly).toBe(true);
  expect(made.view.lessons).toHaveLength(1);
});

test('a file that has not changed is not read again', async () => {
  const { course: made, files } = await course({
    '02_curation.ipynb': NOTEBOOK,
    'work/course.json': LIST,
    'work/progress.json': PASSED,
  });

  files.asked.length = 0;
  await made.refresh();

  expect(files.asked).toEqual(['', 'work']);
});

test('the course beside the document in front is found, and kept when another is in front', async () => {
  const { course: made } = await course({
    'deep/er/02_curation.ipynb': NOTEBOOK,
    'elsewhere/a.ipynb': NOTEBOOK,
  });
  expect(made.view.folder).toBeNull();

  await made.follow('deep/er/02_curation.ipynb');
  expect([made.view.folder, made.view.front]).toEqual(['deep/er', '02_curation.ipynb']);

  await made.follow('elsewhere/a.ipynb');
  expect([made.view.folder, made.view.front]).toEqual(['deep/er', '']);
});

test('a server that is away changes nothing', async () => {
  const { course: made, files } = await course({ '02_curation.ipynb': NOTEBOOK });

  files.get = () => Promise.reject(new Error('offline'));
  await made.refresh();

  expect(made.view.lessons).toHaveLength(1);
});

test('changes are told once', async () => {
  const { course: made, files } = await course({
    '02_curation.ipynb': NOTEBOOK,
    'work/course.json': LIST,
  });
  let told = 0;
  made.changed.connect(() => (told += 1));

  files.texts['work/progress.json'] = PASSED;
  await Promise.all([made.refresh(), made.refresh()]);
  await made.refresh();

  expect(told).toBe(1);
});

test('a ledger row tells of a change even where progress stays the same', async () => {
  const { course: made, files } = await course({
    '02_curation.ipynb': NOTEBOOK,
    'work/ledger.jsonl': '{"mean": 0.6}\n',
  });
  let told = 0;
  made.changed.connect(() => (told += 1));

  files.texts['work/ledger.jsonl'] = '{"mean": 0.6}\n{"mean": 0.7}\n';
  await made.refresh();

  expect(told).toBe(1);
  expect(await made.readWork('ledger.jsonl')).toContain('0.7');
  expect(await made.readWork('absent.jsonl')).toBe('');
});
