import { expect, test } from 'vitest';

import { exportProgress } from './export';
import type { Lesson } from './lessons';

const LESSONS: Lesson[] = [
  {
    id: '02',
    title: 'Curation',
    promise: '',
    notebook: '02_curation.ipynb',
    minutes: 45,
    checks: [
      { name: '02-leaks', title: 'Find the leaks, all of them' },
      { name: '02-split', title: 'Mend the split' },
    ],
  },
];
const entry = (data: string): string =>
  JSON.stringify({
    lessons: {
      '02': {
        opened: '2026-11-01T10:00:00+00:00',
        data,
        device: '2 CPU cores',
        checks: { '02-leaks': { passed: true, tries: 3, at: '2026' } },
        score: { first: 0.66, last: 0.8 },
      },
    },
  });

test('a row per check stands in the file, also of those nobody tried', () => {
  const csv = exportProgress(entry('pets'), LESSONS, 'csv');

  expect(csv?.split('\n')).toEqual([
    'lesson,title,opened,data,device,check,task,passed,tries,at,score_first,score_last',
    '02,Curation,2026-11-01T10:00:00+00:00,pets,2 CPU cores,02-leaks,"Find the leaks, all of them",True,3,2026,0.66,0.8',
    '02,Curation,2026-11-01T10:00:00+00:00,pets,2 CPU cores,02-split,Mend the split,False,0,,0.66,0.8',
    '',
  ]);
});

test.each(['=1+1', '+1', '-1', '@A1', ' =1', '\t=1', '\uff1d1'])(
  'a name that starts like a formula is text: %j',
  (evil) => {
    const csv = exportProgress(entry(evil), LESSONS, 'csv');

    expect(csv).toContain(`,'${evil},2 CPU`);
  }
);

test('a quotation mark in a name ends no cell', () => {
  expect(exportProgress(entry('a"b'), LESSONS, 'csv')).toContain(',"a""b",2 CPU');
});

test('as JSON it is the file itself', () => {
  expect(exportProgress(entry('pets'), LESSONS, 'json')).toBe(entry('pets'));
});

test.each(['', '{"lessons": {"02"', '[]', '{"lessons": 3}'])(
  'of %j nothing is exported',
  (torn) => {
    expect(exportProgress(torn, LESSONS, 'csv')).toBeNull();
    expect(exportProgress(torn, LESSONS, 'json')).toBeNull();
  }
);
