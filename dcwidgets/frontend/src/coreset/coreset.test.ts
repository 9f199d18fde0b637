import { expect, test } from 'vitest';

import { breakEven, costWords } from './break_even';
import { placeOf, sizeAt } from './panels';
import { inView, nearest, neighbour, roomFor, within } from './points';
import { Plate, ring, shapeOf, stamp } from './stamps';
import { State } from './state';
import { Viewport } from './viewport';

const square = Float32Array.from([10, 10, 30, 10, 10, 30, 30, 30, 20, 20]);

test('choosing pays after as many trainings as it takes to save its cost', () => {
  const costs = { choosing: 10, preparing: 20, training: 10, share: 0.25 };

  expect(breakEven(costs)).toBe(4); // 30 s spent, 7.5 s saved each time
  expect(breakEven({ ...costs, training: 1000 })).toBe(1);
  expect(breakEven({ ...costs, share: 1 })).toBeNull();
  expect(costWords({ ...costs, training: 0 })).toContain('Say what one training');
  expect(costWords(costs)).toContain('after 4 trainings');
});

test('the nearest mark is found within reach and none beyond', () => {
  expect(nearest(square, 28, 11, 14)).toBe(1);
  expect(nearest(square, 80, 80, 14)).toBe(-1);
});

test('arrows go to the next mark in their direction and stay where there is none', () => {
  expect(neighbour(square, 0, 'ArrowRight')).toBe(1);
  expect(neighbour(square, 0, 'ArrowDown')).toBe(2);
  expect(neighbour(square, 3, 'ArrowRight')).toBe(3);
});

test('a lasso holds what lies inside it, concave or not', () => {
  const corner: [number, number][] = [
    [0, 0],
    [40, 0],
    [40, 15],
    [15, 15],
    [15, 40],
    [0, 40],
  ];

  expect([...within(square, corner)]).toEqual([0, 1, 2]);
  expect([...within(square, [])]).toEqual([]);
  expect([...inView(square, 25, 25)]).toEqual([0, 4]);
});

test('thumbnails that would overlap make room for those that come first', () => {
  const found = roomFor(square, [4, 0, 1, 2, 3], 100, 15);

  expect(found).toEqual([4]);
  expect(roomFor(square, [0, 1, 2, 3, 4], 100, 15)).toEqual([0, 1, 2, 3]);
});

test('magnifying keeps the place under the pointer', () => {
  const view = new Viewport();
  [view.width, view.height] = [400, 200];
  const before = view.toMap(300, 50);

  view.magnify(5, 300, 50);

  const screen = new Float32Array(2);
  view.project(Float32Array.from(before), screen);
  expect(screen[0]).toBeCloseTo(300, 3);
  expect(screen[1]).toBeCloseTo(50, 3);
  view.reset();
  view.project(Float32Array.from([1, 1]), screen);
  expect([...screen]).toEqual([384, 16]);
});

test('the slider reaches one picture and all, and gives back the size it was set to', () => {
  expect(sizeAt(0, 23_262)).toBe(1);
  expect(sizeAt(1000, 23_262)).toBe(23_262);
  expect(sizeAt(placeOf(2326, 23_262), 23_262) / 2326).toBeCloseTo(1, 1);
  expect(placeOf(1, 1)).toBe(1000);
});

test('classes differ in shape, and marks beyond the edge are cut', () => {
  const shapes = [0, 1, 2, 3].map((label) => [...stamp(shapeOf(label), 7)].join());

  expect(new Set(shapes).size).toBe(4);
  const image = { width: 4, height: 4, data: new Uint8ClampedArray(64) } as ImageData;
  new Plate(image).put(stamp('square', 3), 0, 0, 0xff0000ff);
  const painted = [...new Uint32Array(image.data.buffer)].filter(Boolean);
  expect(painted).toHaveLength(4);
  expect(ring(5)).toHaveLength(2 * 16);
});

function stateWith(answers: Record<string, number[] | Error>): { state: State; said: string[] } {
  const said: string[] = [];
  const content = {
    ...{ name: 'toy', n: 4, classes: ['cat', 'dog'], points: new Float32Array(8) },
    methods: Object.keys(answers).map((name) => ({ name, lacking: '' })),
    labels: Uint16Array.from([0, 0, 1, 1]),
  };
  const call = (_: string, fields: unknown): Promise<unknown> => {
    const { method, size } = fields as { method: string; size: number };
    const answer = answers[method]!;
    if (answer instanceof Error) {
      return Promise.reject(answer);
    }
    const reply = { id: '1', method, size, seconds: 1, counts: [], gaps: [], gap: 0, farthest: 0 };
    return Promise.resolve({ reply, buffers: [new DataView(Uint32Array.from(answer).buffer)] });
  };
  return { state: new State(content, call as never, (message) => said.push(message)), said };
}

test('a choice marks what is kept, and comparing says what methods share', async () => {
  const { state } = stateWith({ random: [0, 2], k_center: [2, 3] });

  state.choose({ method: 'random', size: 2 });
  expect(state.choosing).toBe(true);
  await new Promise((resolve) => setTimeout(resolve));
  await state.compare();

  expect([...state.kept]).toEqual([1, 0, 1, 0]);
  expect(state.share).toBe(0.5);
  expect(state.totals).toEqual([2, 2]);
  expect(state.shared(state.compared.get('k_center')!)).toBe(0.5);
});

test('an error of the kernel is shown and ends the waiting', async () => {
  const { state, said } = stateWith({ random: new Error('No such size.') });

  state.choose({ method: 'random', size: 9 });
  await new Promise((resolve) => setTimeout(resolve));

  expect(said.at(-1)).toBe('No such size.');
  expect(state.choosing).toBe(false);
});
