import { Signal } from '@lumino/signaling';
import { StateDB } from '@jupyterlab/statedb';
import { expect, test, vi } from 'vitest';

import { Places, notebookIn, resumeAt, type CellText, type NotebookLike } from './resume';
import type { LessonView } from './view';

const CELLS: CellText[] = [
  { id: 'title', source: '# 02 Curation' },
  { id: 'start', source: 'run = dcw.lesson("02")' },
  { id: 'stub-a', source: 'a = ...' },
  { id: 'try-a', source: 'dcw.check("02-a", a)' },
  { id: 'again-a', source: "dcw.check( '02-a', a)" },
  { id: 'look', source: 'run.show()' },
  { id: 'try-b', source: 'dcw.check("02-b", b)' },
  { id: 'end', source: '## Next' },
];

function lesson(...passed: string[]): LessonView {
  const checks = ['02-a', '02-b'].map((name) => ({
    name,
    title: '',
    passed: passed.includes(name),
  }));
  return { checks } as unknown as LessonView;
}

function at(last: string, ...passed: string[]): string | undefined {
  return CELLS[resumeAt(CELLS, lesson(...passed), last)]?.id;
}

test('who was nowhere begins at the top', () => {
  expect(at('')).toBe('title');
  expect(at('a-cell-that-is-gone')).toBe('title');
});

test('the cell after the last one that holds a passed check is next', () => {
  expect(at('', '02-a')).toBe('look');
  expect(at('start', '02-a')).toBe('look');
});

test('who was further than the last passed check goes on there', () => {
  expect(at('stub-a')).toBe('stub-a');
  expect(at('try-b', '02-a')).toBe('try-b');
});

test('who has been to the end goes back to the first open check', () => {
  expect(at('end')).toBe('try-a');
  expect(at('end', '02-a')).toBe('try-b');
  expect(at('end', '02-a', '02-b')).toBe('end');
});

test('a notebook without cells has a place, too', () => {
  expect(resumeAt([], lesson(), 'end')).toBe(-1);
});

type Fake = NotebookLike & { go(index: number): void };

function notebook(): Fake {
  const cells = CELLS.map(({ id, source }) => ({ id, sharedModel: { getSource: () => source } }));
  const fake = {
    activeCellIndex: 0,
    model: { cells },
    activeCellChanged: null as unknown as Signal<object, void>,
    go: (index: number): void => {
      fake.activeCellIndex = index;
      fake.activeCellChanged.emit();
    },
  };
  fake.activeCellChanged = new Signal<object, void>(fake);
  return fake as unknown as Fake;
}

test('the cell that was active last is there again in another session', async () => {
  vi.useFakeTimers();
  const state = new StateDB();
  const places = new Places(state);
  const shown = notebook();
  places.watch('02.ipynb', shown);
  places.watch('02.ipynb', shown);
  shown.go(5);
  await vi.advanceTimersByTimeAsync(1000);
  vi.useRealTimers();

  expect(await new Places(state).last('02.ipynb')).toBe('look');
  expect(await new Places(state).last('03.ipynb')).toBe('');
});

test('the first cell, where every notebook opens, takes nothing away', async () => {
  const places = new Places(new StateDB());
  const shown = notebook();
  places.watch('02.ipynb', shown);
  shown.go(3);
  shown.go(0);

  expect(await places.last('02.ipynb')).toBe('try-a');
  places.forget('02.ipynb');
  expect(await places.last('02.ipynb')).toBe('');
});

test('what the store holds may be anything', async () => {
  for (const odd of [3, null, [1], { '02.ipynb': 7 }]) {
    const state = new StateDB();
    await state.save('dcwidgets:places', odd);
    expect(await new Places(state).last('02.ipynb')).toBe('');
  }
  expect(await new Places(null).last('02.ipynb')).toBe('');
});

test('only a notebook is taken for one', () => {
  expect(notebookIn(null)).toBeNull();
  expect(notebookIn({ content: {} })).toBeNull();
  expect(notebookIn({ content: notebook() })).not.toBeNull();
});
