import { expect, test } from 'vitest';

import { parseLedger } from './ledger';

const ROW = {
  name: 'raw',
  mean: 0.661,
  spread: 0.012,
  worst_slice: 0.21,
  seconds: 31.2,
  images: 2400,
  version: 'a41f09c2',
};

test('each line is a row', () => {
  const rows = parseLedger(`${JSON.stringify(ROW)}\n${JSON.stringify({ ...ROW, name: 'b' })}\n`);

  expect(rows.map((row) => row.name)).toEqual(['raw', 'b']);
  expect(rows[0]).toEqual({
    name: 'raw',
    mean: 0.661,
    spread: 0.012,
    worst: 0.21,
    images: 2400,
    seconds: 31.2,
    version: 'a41f09c2',
  });
});

test('a line torn by a kill is left out and the others stay', () => {
  const text = `${JSON.stringify(ROW)}\n{"name": "torn", "me\n${JSON.stringify(ROW)}`;

  expect(parseLedger(text)).toHaveLength(2);
});

test('a row without a worst slice says so', () => {
  expect(parseLedger(JSON.stringify({ ...ROW, worst_slice: null }))[0]?.worst).toBeNull();
});

test('a number that no row can hold is left out as Python leaves it out', () => {
  const [row, ...more] = parseLedger(
    [
      { ...ROW, spread: -0.1, seconds: -1, images: 1e12 },
      { ...ROW, mean: -0.2 },
      { ...ROW, mean: 1e12 },
    ]
      .map((each) => JSON.stringify(each))
      .join('\n')
  );

  expect(more).toEqual([]);
  expect(row).toMatchObject({ mean: 0.661, spread: null, seconds: null, worst: 0.21 });
  expect(row?.images).toBeNull();
});

test.each(['name', 'version'])('a line without its %s is no row, as Python says', (missing) => {
  expect(parseLedger(JSON.stringify({ ...ROW, [missing]: undefined }))).toEqual([]);
});
