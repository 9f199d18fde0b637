import { expect, it } from 'vitest';

import { accepting, changed, letters, openProposals, stateOf } from './said';
import type { Box, Proposal } from './types';

const box: Box = {
  id: 'a',
  label: 'cat',
  x: 1,
  y: 2,
  w: 30,
  h: 40,
  difficult: false,
  truncated: false,
  source: 'human',
};
const proposals: Proposal[] = [
  { id: 'label', label: 'cat' },
  { id: 'p0', label: 'cat', x: 1, y: 2, w: 3, h: 4 },
];

it('leaves out of an edit nothing but what it names', () => {
  const first = changed(null, { label: 'cat', put: [box] });
  const second = changed(first, { put: [{ ...box, x: 9 }], note: 'tail' });

  expect(second).toEqual({
    label: 'cat',
    status: 'labeled',
    note: 'tail',
    tags: [],
    boxes: [{ ...box, x: 9 }],
    seconds: null,
  });
  expect(changed(second, { remove: ['a'], label: '' })).toMatchObject({ label: null, boxes: [] });
});

it('takes a picture that is labelled for no longer skipped', () => {
  const skipped = changed(null, { status: 'skipped' });

  expect(changed(skipped, { label: 'dog' }).status).toBe('labeled');
  expect(changed(skipped, { note: 'why' }).status).toBe('skipped');
});

it('calls a picture open about which nothing is said', () => {
  expect(stateOf(null)).toBe(0);
  expect(stateOf(changed(null, { remove: ['a'] }))).toBe(0);
  expect(stateOf(changed(null, { status: 'verified' }))).toBe(2);
});

it('proposes no longer what was accepted or turned down', () => {
  expect(openProposals(proposals, null)).toHaveLength(2);
  const accepted = changed(null, accepting(proposals[1]!));
  expect(openProposals(proposals, accepted).map(({ id }) => id)).toEqual(['label']);
  const rejected = changed(accepted, { tags: { 'rejected:label': true } });
  expect(openProposals(proposals, rejected)).toEqual([]);
});

it('gives every class a letter of its own', () => {
  const names = ['cat', 'cow', 'dog', 'd', 'Ämse', '-', 'o'];
  const found = letters(names);
  expect(found.slice(0, 5)).toEqual(['C', 'O', 'D', 'A', 'Ä']);
  expect(new Set(found).size).toBe(names.length);
});
