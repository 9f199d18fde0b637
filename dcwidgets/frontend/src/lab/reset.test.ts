import type { IDocumentManager } from '@jupyterlab/docmanager';
import { expect, test } from 'vitest';

import { Course } from './course';
import { FakeFiles } from './files.fake';
import type { Lesson } from './lessons';
import { findOriginal, keptName, resetLesson } from './reset';

const ORIGINAL = '{"cells":["original"]}';
const MINE = '{"cells":["mine"]}';

async function opened(texts: Record<string, string>): Promise<[FakeFiles, Course, Lesson]> {
  const files = new FakeFiles(texts);
  const course = new Course(files);
  await course.refresh();
  const lesson = course.view.lessons[0]?.lesson;
  if (!lesson) {
    throw new Error('the folder holds no lesson');
  }
  return [files, course, lesson];
}

test('the original comes back and the old copy stays beside it', async () => {
  const [files, course, lesson] = await opened({
    '02_curation.ipynb': MINE,
    '02_curation-kept-1.ipynb': '{"cells":["older"]}',
    'work/originals/02_curation.ipynb': ORIGINAL,
  });
  const original = await findOriginal(files, course, lesson);

  const kept = await resetLesson(files, course, lesson, original ?? '', null);

  expect(kept).toBe('02_curation-kept-2.ipynb');
  expect(files.texts['02_curation.ipynb']).toBe(ORIGINAL);
  expect(files.texts['02_curation-kept-2.ipynb']).toBe(MINE);
  expect(files.texts['02_curation-kept-1.ipynb']).toBe('{"cells":["older"]}');
});

test('what is on the screen is saved before it is kept, and loaded anew afterwards', async () => {
  const [files, course, lesson] = await opened({
    '02_curation.ipynb': MINE,
    'work/originals/02_curation.ipynb': ORIGINAL,
  });
  const unsaved = '{"cells":["unsaved"]}';
  const done: string[] = [];
  const context = {
    model: { dirty: true },
    save: () => {
      files.texts['02_curation.ipynb'] = unsaved;
      return Promise.resolve();
    },
    revert: () => {
      done.push(files.texts['02_curation.ipynb'] ?? '');
      return Promise.resolve();
    },
  };
  const documents = {
    findWidget: () => ({}),
    contextForWidget: () => context,
  } as unknown as IDocumentManager;
  const original = 'work/originals/02_curation.ipynb';

  const kept = await resetLesson(files, course, lesson, original, documents);

  expect(files.texts[kept]).toBe(unsaved);
  expect(done).toEqual([ORIGINAL]);
});

test('what is saved already is not saved again, which a read-only folder would refuse', async () => {
  const [files, course, lesson] = await opened({
    '02_curation.ipynb': MINE,
    'work/originals/02_curation.ipynb': ORIGINAL,
  });
  const context = {
    model: { dirty: false },
    save: () => Promise.reject(new Error('saved')),
    revert: () => Promise.resolve(),
  };
  const documents = {
    findWidget: () => ({}),
    contextForWidget: () => context,
  } as unknown as IDocumentManager;

  const kept = await resetLesson(
    files,
    course,
    lesson,
    'work/originals/02_curation.ipynb',
    documents
  );

  expect(files.texts[kept]).toBe(MINE);
});

test('where the notebook cannot be written it stays as it was', async () => {
  const [files, course, lesson] = await opened({
    '02_curation.ipynb': MINE,
    'work/originals/02_curation.ipynb': ORIGINAL,
  });
  files.closed.add('02_curation.ipynb');
  const original = 'work/originals/02_curation.ipynb';

  await expect(resetLesson(files, course, lesson, original, null)).rejects.toThrow('cannot be');

  expect(files.texts['02_curation.ipynb']).toBe(MINE);
});

test.each<Record<string, string>>([
  { '02_curation.ipynb': MINE },
  { '02_curation.ipynb': MINE, 'work/progress.json': '' },
  { '02_curation.ipynb': MINE, 'work/originals/01_objectives.ipynb': ORIGINAL },
])('without an original nothing is asked for that is not there: %j', async (texts) => {
  const [files, course, lesson] = await opened(texts);

  expect(await findOriginal(files, course, lesson)).toBeNull();
});

test('the first free name is taken', () => {
  const taken = new Set(['02_curation-kept-1.ipynb', '02_curation-kept-3.ipynb']);

  expect(keptName('02_curation.ipynb', taken)).toBe('02_curation-kept-2.ipynb');
});
