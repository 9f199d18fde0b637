import type { Box, Change, Proposal, Said } from './types';
import { LABEL, REJECTED } from './types';

export const NOTHING: Said = {
  label: null,
  status: 'labeled',
  note: '',
  tags: [],
  boxes: [],
  seconds: null,
};

/** What a picture's record holds after an edit; the kernel does the same, and its word counts. */
export function changed(said: Said | null, change: Change): Said {
  const base = said ?? NOTHING;
  const boxes = new Map(base.boxes.map((box) => [box.id, box]));
  change.remove?.forEach((id) => boxes.delete(id));
  change.put?.forEach((box) => boxes.set(box.id, box));
  const tags = new Set(base.tags);
  Object.entries(change.tags ?? {}).forEach(([tag, on]) => (on ? tags.add(tag) : tags.delete(tag)));
  const labels = Boolean(change.label) || Boolean(change.put?.length);
  const status = labels && base.status === 'skipped' ? 'labeled' : base.status;
  return {
    label: change.label === undefined ? base.label : change.label || null,
    status: change.status ?? status,
    note: change.note ?? base.note,
    tags: [...tags],
    boxes: [...boxes.values()],
    seconds: base.seconds,
  };
}

/** Proposals that were neither accepted nor turned down. */
export function openProposals(proposals: Proposal[], said: Said | null): Proposal[] {
  const done = new Set(said?.boxes.map(({ id }) => id));
  said?.tags.forEach((tag) => {
    if (tag.startsWith(REJECTED)) {
      done.add(tag.slice(REJECTED.length));
    }
  });
  if (said?.label) {
    done.add(LABEL);
  }
  return proposals.filter(({ id }) => !done.has(id));
}

/** Number of the state, as in `STATES`. */
export function stateOf(said: Said | null): number {
  if (!said || (said.status === 'labeled' && !said.label && !said.boxes.length)) {
    return 0;
  }
  return { labeled: 1, verified: 2, unsure: 3, skipped: 4 }[said.status];
}

/** The edit that makes of a proposal what it says. */
export function accepting(proposal: Proposal): Change {
  const box = boxOf(proposal);
  return box ? { put: [box] } : { label: proposal.label };
}

/** A proposed box as a box of our own; null for the class of the picture. */
export function boxOf({ id, label, x, y, w, h }: Proposal): Box | null {
  if (x === undefined || y === undefined || w === undefined || h === undefined) {
    return null;
  }
  return { id, label, x, y, w, h, difficult: false, truncated: false, source: 'model' };
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('');

/** A letter for each class, its own where that is free. */
export function letters(classes: string[]): string[] {
  const taken = new Set<string>();
  return classes.map((name, index) => {
    const own = name.toUpperCase().match(/[\p{L}\p{N}]/gu) ?? [];
    const free = [...own, ...ALPHABET].find((sign) => !taken.has(sign));
    const letter = free ?? String(index);
    taken.add(letter);
    return letter;
  });
}

/** Colours that stay apart for the colour-blind; a letter stands beside each. */
const COLOURS = [
  '#e69f00',
  '#56b4e9',
  '#009e73',
  '#f0e442',
  '#4f9dff',
  '#ff7a45',
  '#cc79a7',
  '#b8b8b8',
  '#a6d854',
  '#c4a6ff',
];

export function colour(number: number): string {
  return COLOURS[(number < 0 ? 7 : number) % COLOURS.length]!;
}

let made = 0;

/** An id that no other box has, on this page or another. */
export function newId(): string {
  made += 1;
  return `${Math.random().toString(36).slice(2, 10)}${made.toString(36)}`;
}
