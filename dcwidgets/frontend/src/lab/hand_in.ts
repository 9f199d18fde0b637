import { InputDialog, Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyJSONObject } from '@lumino/coreutils';

import { make } from './dom';
import { exportProgress, type Format } from './export';
import type { ICourse } from './tokens';

const FORMATS: readonly Format[] = ['csv', 'json'];
const TYPES: Record<Format, string> = { csv: 'text/csv', json: 'application/json' };

export function formatArgs(trans: TranslationBundle): ReadonlyJSONObject {
  const description = trans.__('"csv" or "json"; asked for where it is missing');
  return { type: 'object', properties: { format: { type: 'string', description } } };
}

/** Hand the learner a file of his or her progress; it goes to the browser and nowhere else. */
export async function downloadProgress(
  course: ICourse,
  wanted: unknown,
  trans: TranslationBundle
): Promise<void> {
  const format = FORMATS.find((each) => each === wanted) ?? (await ask(trans));
  if (!format) {
    return;
  }
  await course.refresh();
  const lessons = course.view.lessons.map((each) => each.lesson);
  const text = exportProgress(await course.readWork('progress.json'), lessons, format);
  if (text === null) {
    Notification.info(trans.__('There is no progress yet that can be read.'), { autoClose: 5000 });
    return;
  }
  download(`progress.${format}`, new Blob([text], { type: TYPES[format] }));
}

async function ask(trans: TranslationBundle): Promise<Format | undefined> {
  const items = [trans.__('CSV, for a spreadsheet'), trans.__('JSON, to hand in')];
  const title = trans.__('Export your progress as');
  const { value } = await InputDialog.getItem({ title, items });
  return FORMATS[items.indexOf(value ?? '')];
}

function download(name: string, content: Blob): void {
  const href = URL.createObjectURL(content);
  make('a', '', { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 0);
}
