import { PathExt } from '@jupyterlab/coreutils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { Contents } from '@jupyterlab/services';

import type { Lesson } from './lessons';
import type { ICourse } from './tokens';

type Files = Pick<Contents.IManager, 'get' | 'save'>;

/** Path of the pristine copy of a lesson, null where none was kept. */
export async function findOriginal(
  contents: Files,
  course: ICourse,
  lesson: Lesson
): Promise<string | null> {
  const work = await names(
    contents,
    course.path('work'),
    await names(contents, course.path()),
    'work'
  );
  const originals = await names(contents, course.path('work', 'originals'), work, 'originals');
  const path = course.path('work', 'originals', lesson.notebook);
  return originals.has(lesson.notebook) ? path : null;
}

/**
 * Put the original in place of the learner's notebook, which stays beside it under a new name.
 *
 * Returns the name of the kept copy, empty where there was no notebook to keep.
 */
export async function resetLesson(
  contents: Files,
  course: ICourse,
  lesson: Lesson,
  original: string,
  documents: IDocumentManager | null
): Promise<string> {
  const path = course.path(lesson.notebook);
  const widget = documents?.findWidget(path);
  const context = widget ? documents?.contextForWidget(widget) : undefined;
  if (context?.model.dirty) {
    await context.save(); // what is on the screen is what the learner wants kept
  }
  const kept = await keep(contents, course, lesson);
  const fresh = await contents.get(original, { content: true, type: 'notebook' });
  await contents.save(path, {
    type: 'notebook',
    format: 'json',
    content: fresh.content as unknown,
  });
  await context?.revert();
  return kept;
}

async function keep(contents: Files, course: ICourse, lesson: Lesson): Promise<string> {
  const taken = await names(contents, course.path());
  if (!taken.has(lesson.notebook)) {
    return '';
  }
  const name = keptName(lesson.notebook, taken);
  const mine = await contents.get(course.path(lesson.notebook), {
    content: true,
    type: 'notebook',
  });
  const content = mine.content as unknown;
  await contents.save(course.path(name), { type: 'notebook', format: 'json', content });
  return name;
}

/** The first free name of the form `02_curation-kept-1.ipynb`. */
export function keptName(notebook: string, taken: ReadonlySet<string>): string {
  const stem = PathExt.basename(notebook, '.ipynb');
  for (let n = 1; ; n++) {
    const name = `${stem}-kept-${n}.ipynb`;
    if (!taken.has(name)) {
      return name;
    }
  }
}

/** Names in a folder; nothing where its parent's listing lacks it (asking would log a 404). */
async function names(
  contents: Files,
  folder: string,
  parent?: ReadonlySet<string>,
  name = ''
): Promise<ReadonlySet<string>> {
  if (parent && !parent.has(name)) {
    return new Set();
  }
  const model = await contents.get(folder, { content: true, type: 'directory' });
  return new Set(((model.content ?? []) as Contents.IModel[]).map((entry) => entry.name));
}
