import { fields, number, parseJson, parseProgress, word, type Lesson } from './lessons';

export type Format = 'csv' | 'json';

/** What a spreadsheet takes for the start of a formula; full-width signs become these by NFKC. */
const FORMULA = /^[ \n]*[=+\-@\t\r]/;
const COLUMNS = [
  'lesson',
  'title',
  'opened',
  'data',
  'device',
  'check',
  'task',
  'passed',
  'tries',
  'at',
  'score_first',
  'score_last',
];

/** A learner's progress as a file to hand in; null where the text is torn, or there is none. */
export function exportProgress(
  text: string,
  lessons: readonly Lesson[],
  format: Format
): string | null {
  if (!parseProgress(text)) {
    return null;
  }
  return format === 'json' ? text : toCsv(text, lessons);
}

/** One row per check of the course, in the columns of `dcwidgets progress --csv`. */
function toCsv(text: string, lessons: readonly Lesson[]): string {
  const entries = fields(fields(parseJson(text))['lessons']);
  const rows = lessons.flatMap((lesson) => {
    const entry = fields(entries[lesson.id]);
    return lesson.checks.map((check) => row(lesson, check.name, check.title, entry));
  });
  return [COLUMNS, ...rows].map((cells) => `${cells.map(quote).join(',')}\n`).join('');
}

function row(
  lesson: Lesson,
  name: string,
  task: string,
  entry: Readonly<Record<string, unknown>>
): string[] {
  const check = fields(fields(entry['checks'])[name]);
  const score = fields(entry['score']);
  return [
    lesson.id,
    lesson.title,
    word(entry['opened']),
    word(entry['data']),
    word(entry['device']),
    name,
    task,
    check['passed'] === true ? 'True' : 'False',
    String(number(check['tries']) ?? 0),
    word(check['at']),
    String(number(score['first']) ?? ''),
    String(number(score['last']) ?? ''),
  ];
}

function quote(text: string): string {
  const harmless = FORMULA.test(text.normalize('NFKC')) ? `'${text}` : text;
  return /[",\n\r]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
