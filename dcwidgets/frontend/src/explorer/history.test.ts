import { beforeEach, expect, it } from 'vitest';

import { History } from './history';

let history: History<string>;

beforeEach(() => {
  history = new History('a');
});

it('goes back and forth, and stays at its ends', () => {
  history.record('b');
  history.record('c');

  expect([history.undo(), history.undo(), history.undo()]).toEqual(['b', 'a', null]);
  expect([history.canUndo, history.canRedo]).toEqual([false, true]);
  expect([history.redo(), history.redo(), history.redo()]).toEqual(['b', 'c', null]);
});

it('forgets what was undone once something else is done', () => {
  history.record('b');
  history.undo();
  history.record('c');

  expect(history.canRedo).toBe(false);
  expect(history.undo()).toBe('a');
});

it('makes one entry of a gesture, however long it takes', () => {
  history.hold();
  history.record('b', 'slider', 0);
  history.record('c', 'slider', 60_000);
  history.release();

  expect(history.undo()).toBe('a');
  expect(history.redo()).toBe('c');
});

it('makes an entry of each gesture, however soon they follow', () => {
  for (const state of ['b', 'c']) {
    history.hold();
    history.record(state, 'slider', 0);
    history.release();
  }

  expect(history.undo()).toBe('b');
});

it('joins keys that follow each other quickly, and no others', () => {
  history.record('b', 'slider', 0);
  history.record('c', 'slider', 900);
  history.record('d', 'slider', 5000);
  history.record('e', 'another slider', 5001);
  history.record('f', '', 5002);
  history.record('g', '', 5003);

  expect([1, 2, 3, 4, 5].map(() => history.undo())).toEqual(['f', 'e', 'd', 'c', 'a']);
});

it('does not join what follows an undo', () => {
  history.record('b', 'slider', 0);
  history.record('c', '', 1);
  history.undo();
  history.record('d', 'slider', 2);

  expect(history.undo()).toBe('b');
});

it('can be emptied', () => {
  history.record('b');
  history.clear('z');

  expect(history.undo()).toBeNull();
  history.record('y');
  expect(history.undo()).toBe('z');
});
