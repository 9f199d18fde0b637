// @vitest-environment jsdom
import { nullTranslator } from '@jupyterlab/translation';
import { beforeEach, expect, test, vi } from 'vitest';

import { repaint } from './dom';
import { paintLedger } from './ledger';
import { paintCourse, type Actions } from './paint';
import { NO_COURSE, viewCourse, type CourseView } from './view';

const trans = nullTranslator.load('dcwidgets');
const actions = {
  open: vi.fn<Actions['open']>(),
  reset: vi.fn<Actions['reset']>(),
  ledger: vi.fn<Actions['ledger']>(),
  exportProgress: vi.fn<Actions['exportProgress']>(),
};
const EVIL = '<img src=x onerror=alert(1)>';

function view(
  passed: string[],
  front = '',
  title = 'Curation',
  names = ['01.ipynb', '02.ipynb']
): CourseView {
  const lesson = (
    id: string,
    name: string
  ): Parameters<typeof viewCourse>[0]['lessons'][number] => ({
    id,
    title: name,
    promise: `What ${id} promises`,
    notebook: `${id}.ipynb`,
    minutes: 45,
    checks: [
      { name: `${id}-a`, title: 'Find the leaks' },
      { name: `${id}-b`, title: 'Mend the split' },
    ],
  });
  return viewCourse({
    folder: '',
    lessons: [lesson('01', 'Objectives'), lesson('02', title), lesson('03', 'Pipelines')],
    progress: new Map([
      [
        '02',
        {
          opened: '2026',
          data: 'pocket_pets',
          passed: new Set(passed),
          score: { first: 0.661, last: 0.8 },
        },
      ],
    ]),
    names: new Set(names),
    front,
    torn: false,
    readOnly: false,
    ledger: '',
  });
}

let root: HTMLElement;

function show(shown: CourseView): void {
  repaint(root, ...paintCourse(shown, actions, trans));
}

beforeEach(() => {
  vi.clearAllMocks();
  root = document.body.appendChild(document.createElement('div'));
  // jsdom has no CSS.escape; our keys are plain words.
  vi.stubGlobal('CSS', { escape: (text: string) => text });
});

test('lessons stand in order with minutes, checks and score', () => {
  show(view(['02-a']));

  const titles = [...root.querySelectorAll('.dcw-course-title')].map((node) => node.textContent);
  const row = root.querySelector('[data-lesson="02"]');
  expect(titles).toEqual(['Objectives', 'Curation', 'Pipelines']);
  expect(row?.textContent).toContain('45 min');
  expect(row?.textContent).toContain('1 of 2 checks');
  expect(row?.textContent).toContain('0.66 → 0.80');
});

test('a score that has not moved is written once', () => {
  const shown = view(['02-a']);
  show({ ...shown, score: { first: 0.801, last: 0.8 } });

  const facts = root.querySelector('.dcw-course-facts');
  expect(facts?.textContent).toContain('Score so far 0.80');
  expect(facts?.textContent).not.toContain('→');
  expect(facts?.querySelector('[role=img]')?.getAttribute('aria-label')).toMatch(/: 0\.80$/);
});

test('above the lessons stand the minutes to go and the score so far', () => {
  show(view(['02-a']));

  const facts = root.querySelector('.dcw-course-facts');
  expect(facts?.textContent).toContain('135 min to go');
  expect(facts?.textContent).toContain('Score so far 0.66 → 0.80');
});

test('a folder that cannot be written to is told, and not that its file is torn', () => {
  show({ ...view([]), readOnly: true, torn: true });

  const notes = [...root.querySelectorAll('.dcw-course-note')].map((node) => node.textContent);
  expect(notes).toHaveLength(1);
  expect(notes[0]).toContain('cannot be written to');
});

test('the next step names the first open check and opens its lesson', () => {
  show(view(['02-a']));

  expect(root.querySelector('.dcw-course-next')?.textContent).toContain('Mend the split');
  root.querySelector<HTMLElement>('[data-key="next"]')?.click();
  expect(actions.open.mock.calls[0]?.[0].id).toBe('02');
});

test('what passed is told in words, not by colour alone', () => {
  show(view(['02-a']));

  const ticks = [...root.querySelectorAll('.dcw-course-tick')];
  expect(ticks.map((tick) => tick.getAttribute('aria-label'))).toEqual(['passed', 'open']);
});

test('only the lesson in front shows its checks, and is marked as current', () => {
  show(view([], '01.ipynb'));

  const open = [...root.querySelectorAll('.dcw-course-details')].map(
    (node) => node.closest<HTMLElement>('li')?.dataset['lesson']
  );
  expect(open).toEqual(['01']);
  expect(root.querySelector('[aria-current]')?.textContent).toContain('Objectives');
});

test('a lesson that is not in the folder cannot be opened', () => {
  show(view([]));

  const button = root.querySelector<HTMLButtonElement>('[data-key="open-03"]');
  expect(button?.disabled).toBe(true);
  expect(button?.textContent).toContain('not in this folder');
});

test('a folder without the notebooks to come says how to get them, and not that all is done', () => {
  show(view(['02-a', '02-b'], '', 'Curation', ['02.ipynb']));

  const next = root.querySelector('.dcw-course-next')?.textContent;
  expect(next).toContain('not in this folder. Put them back with: dcwidgets lab');
  expect(next).not.toContain('Every lesson is done');
});

test('a repaint leaves the keyboard where it was', () => {
  show(view([]));
  root.querySelector<HTMLElement>('[data-key="open-02"]')?.focus();

  show(view(['02-a']));

  expect((document.activeElement as HTMLElement).dataset['key']).toBe('open-02');
});

test('a name is shown as text, never as markup', () => {
  show(view([], '', EVIL));
  expect(root.querySelector('img')).toBeNull();
  expect(root.textContent).toContain(EVIL);

  repaint(root, ...paintLedger([{ ...ROW, name: EVIL }], trans));
  expect(root.querySelector('img')).toBeNull();
  expect(root.textContent).toContain(EVIL);
});

test('a folder without a course says how to get one', () => {
  show(NO_COURSE);

  expect(root.textContent).toContain('dcwidgets lab');
});

test('a torn file is told', () => {
  show({ ...view([]), torn: true });

  expect(root.querySelector('.dcw-course-note')?.textContent).toContain('cannot be read');
});

test('the ledger writes what its bars draw', () => {
  repaint(root, ...paintLedger([ROW], trans));

  expect(root.querySelector('tbody')?.textContent).toContain('0.661 ± 0.012');
});

const ROW = {
  name: 'raw',
  mean: 0.661,
  spread: 0.012,
  worst: null,
  images: 2400,
  seconds: 3,
  version: 'a41f09c2',
};
