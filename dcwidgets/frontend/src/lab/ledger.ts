import type { TranslationBundle } from '@jupyterlab/translation';

import { make } from './dom';
import { fields, number, parseJson, word } from './lessons';

/** No number of a row comes near it; the same in `dcwidgets/ledger.py`. */
const FAR = 1e12;

/** One line of `work/ledger.jsonl`; scores lie between 0 and 1. */
export interface Row {
  name: string;
  mean: number;
  /** Standard deviation over the seeds. */
  spread: number | null;
  worst: number | null;
  images: number | null;
  seconds: number | null;
  version: string;
}

/** The rows of a ledger, those that Python reads; a line torn by a kill is left out. */
export function parseLedger(text: string): Row[] {
  return text.split('\n').flatMap((line) => {
    const row = fields(parseJson(line));
    const mean = amount(row['mean']);
    const whole = mean !== null && 'name' in row && 'version' in row;
    return whole ? [parseRow(row, mean)] : [];
  });
}

function parseRow(row: Readonly<Record<string, unknown>>, mean: number): Row {
  return {
    mean,
    name: word(row['name']),
    spread: amount(row['spread']),
    worst: amount(row['worst_slice']),
    images: amount(row['images']),
    seconds: amount(row['seconds']),
    version: word(row['version']),
  };
}

/** A number as Python's ledger reads it: none of a row's is below 0. */
function amount(value: unknown): number | null {
  const found = number(value);
  return found !== null && found >= 0 && found < FAR ? found : null;
}

/** The ledger as a table, the score drawn and written. */
export function paintLedger(rows: readonly Row[], trans: TranslationBundle): Node[] {
  const heading = make('h2', '', {}, trans.__('Ledger'));
  if (rows.length === 0) {
    const text = trans.__(
      'No score is recorded yet: a lesson records its first with run.ledger.record(…).'
    );
    return [heading, make('p', '', {}, text)];
  }
  const titles = [
    trans.__('Edit'),
    trans.__('Score'),
    trans.__('Worst slice'),
    trans.__('Images'),
    trans.__('Seconds'),
    trans.__('Version'),
  ];
  const head = make(
    'tr',
    '',
    {},
    ...titles.map((title) => make('th', '', { scope: 'col' }, title))
  );
  return [
    heading,
    make(
      'p',
      '',
      {},
      trans.__('Accuracy on the trusted set, in the order in which the data was edited.')
    ),
    make(
      'table',
      'dcw-ledger-table',
      {},
      make('thead', '', {}, head),
      make('tbody', '', {}, ...rows.map(paintRow))
    ),
  ];
}

function paintRow(row: Row): Node {
  return make(
    'tr',
    '',
    {},
    make('th', '', { scope: 'row' }, row.name),
    make('td', 'dcw-ledger-score', {}, paintBar(row.mean), scoreText(row)),
    make('td', '', {}, decimal(row.worst, 2)),
    make('td', '', {}, row.images?.toLocaleString() ?? '–'),
    make('td', '', {}, decimal(row.seconds, 1)),
    make('td', '', {}, make('code', '', {}, row.version))
  );
}

function paintBar(mean: number): Node {
  const bar = make('span', 'dcw-ledger-bar', { 'aria-hidden': 'true' });
  bar.style.setProperty('--dcw-share', String(Math.min(Math.max(mean, 0), 1)));
  return bar;
}

function scoreText({ mean, spread }: Row): string {
  return spread === null ? mean.toFixed(3) : `${mean.toFixed(3)} ± ${spread.toFixed(3)}`;
}

function decimal(value: number | null, digits: number): string {
  return value === null ? '–' : value.toFixed(digits);
}
