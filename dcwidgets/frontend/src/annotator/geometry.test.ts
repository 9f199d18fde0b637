import { describe, expect, it } from 'vitest';

import {
  between,
  boxAt,
  fitted,
  handleAt,
  moved,
  panned,
  resized,
  toPicture,
  zoomed,
} from './geometry';

const picture = { width: 200, height: 100 };
const stage = { width: 400, height: 400 };
const box = { x: 20, y: 30, w: 40, h: 20 };

describe('boxes', () => {
  it('are drawn from any corner to any other and end at the border', () => {
    expect(between({ x: 150, y: 90 }, { x: -20, y: 300 }, picture)).toEqual({
      x: 0,
      y: 90,
      w: 150,
      h: 10,
    });
  });

  it('keep their size when they are pushed against the border', () => {
    expect(moved(box, 1000, -1000, picture)).toEqual({ x: 160, y: 0, w: 40, h: 20 });
  });

  it('grow to the border and never turn over', () => {
    expect(resized(box, 'se', 1000, 1000, picture)).toEqual({ x: 20, y: 30, w: 180, h: 70 });
    expect(resized(box, 'w', 500, 0, picture)).toEqual({ x: 57, y: 30, w: 3, h: 20 });
    expect(resized(box, 'n', 0, -500, picture)).toEqual({ x: 20, y: 0, w: 40, h: 50 });
  });

  it('are gripped at the nearest handle, corners first', () => {
    expect(handleAt(box, { x: 61, y: 51 }, 4)).toBe('se');
    expect(handleAt(box, { x: 40, y: 29 }, 4)).toBe('n');
    expect(handleAt(box, { x: 40, y: 40 }, 4)).toBeNull();
    expect(handleAt({ x: 0, y: 0, w: 2, h: 2 }, { x: 0, y: 0 }, 4)).toBe('nw');
  });

  it('that lie inside others can be reached', () => {
    const inner = { x: 25, y: 32, w: 5, h: 5 };
    expect(boxAt([box, inner], { x: 27, y: 34 })).toBe(inner);
    expect(boxAt([box, inner], { x: 50, y: 40 })).toBe(box);
    expect(boxAt([box, inner], { x: 90, y: 90 })).toBeNull();
  });
});

describe('the view', () => {
  it('shows the whole picture in the middle', () => {
    expect(fitted(picture, stage)).toEqual({ scale: 2, x: 0, y: 100 });
  });

  it('keeps the point under the mouse where it is while zooming', () => {
    let view = fitted(picture, stage);
    const at = { x: 300, y: 180 };
    const before = toPicture(view, at);
    for (let turn = 0; turn < 3; turn++) {
      view = zoomed(view, 1.6, at, picture, stage);
    }
    const after = toPicture(view, at);
    expect(after.x).toBeCloseTo(before.x, 0);
    expect(view.scale).toBeCloseTo(2 * 1.6 ** 3);
  });

  it('never loses the picture', () => {
    const near = zoomed(fitted(picture, stage), 4, { x: 0, y: 0 }, picture, stage);
    const far = panned(near, 1e6, -1e6, picture, stage);
    expect(far.x).toBe(0);
    expect(far.y).toBe(400 - 100 * 8);
    expect(zoomed(far, 1e-6, { x: 0, y: 0 }, picture, stage).scale).toBe(1);
  });
});
