import { DROPPED, MOVED, RELABELLED, WEIGHTED } from './opening';
import type { Session } from './session';
import { VERDICTS } from './session';
import type { Mark } from '../grid/tile';

/** Signs that say a verdict without colour. */
const SIGNS = ['', '✓', '✗', '?'];

/** What stands on the tile of a picture: its label, and what the recipe does with it. */
export function rowMark(session: Session, row: number): Mark {
  const label = labelOf(session, row);
  const { edits } = session;
  const marks = edits.marks[row]!;
  const split = splitOf(session, row);
  const badge = badgeOf(session, row);
  return {
    caption: marks & RELABELLED ? `${label} → ${session.classes[edits.label[row]! - 1]}` : label,
    badge,
    tone: marks & DROPPED ? 'dropped' : marks ? 'changed' : '',
    name: [`picture ${row + 1}`, label, split, badge].filter(Boolean).join(', '),
  };
}

/** What stands on the tile of a finding: its issue, or its label where all are of one issue. */
export function findingMark(session: Session, finding: number, named: boolean): Mark {
  const { findings, edits } = session;
  const row = findings.rows[finding]!;
  const verdict = edits.verdicts[finding]!;
  const issue = words(findings.issues[findings.codes[finding]!]!);
  const dropped = row >= 0 && edits.marks[row]! & DROPPED;
  const said = VERDICTS[verdict]!;
  const badge = [SIGNS[verdict], dropped ? 'dropped' : ''].filter(Boolean).join(' ');
  return {
    caption: row < 0 ? 'whole set' : named ? labelOf(session, row) : issue,
    badge,
    tone: said === 'open' ? '' : said,
    name: [`finding ${finding + 1}`, issue, said, dropped ? 'dropped' : '']
      .filter(Boolean)
      .join(', '),
  };
}

export function labelOf(session: Session, row: number): string {
  return valueOf(session, 'label', row) || 'no label';
}

export function splitOf(session: Session, row: number): string {
  return valueOf(session, 'split', row);
}

/** Write the name of an issue for the reader: `near_duplicate` is "near duplicate". */
export function words(name: string): string {
  return name.replaceAll('_', ' ');
}

function valueOf(session: Session, name: string, row: number): string {
  const column = session.column(name);
  return column?.labels[column.codes[row]! - 1] ?? '';
}

function badgeOf(session: Session, row: number): string {
  const { marks, split, splits } = session.edits;
  const mark = marks[row]!;
  if (mark & DROPPED) {
    return '✕ drop';
  }
  const parts = [
    mark & RELABELLED ? '✎' : '',
    mark & MOVED ? `→ ${splits[split[row]! - 1]}` : '',
    mark & WEIGHTED ? 'weight' : '',
  ];
  return parts.filter(Boolean).join(' ');
}
