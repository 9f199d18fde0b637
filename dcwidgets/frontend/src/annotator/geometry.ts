import type { Rect } from './types';
import { SMALLEST } from './types';

export interface Size {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

/** A corner or edge of a box: n, ne, e, ... */
export type Handle = 'n' | 'ne' | 'e' | 'se' | 's' | 'sw' | 'w' | 'nw';
export const HANDLES: Handle[] = ['nw', 'n', 'ne', 'e', 'se', 's', 'sw', 'w'];

/** The rectangle between two points, inside the picture. */
export function between(a: Point, b: Point, size: Size): Rect {
  const [left, right] = [a.x, b.x].map((x) => clamp(x, 0, size.width)).sort((p, q) => p - q);
  const [top, bottom] = [a.y, b.y].map((y) => clamp(y, 0, size.height)).sort((p, q) => p - q);
  return { x: left!, y: top!, w: right! - left!, h: bottom! - top! };
}

/** Move a box as far as the picture goes; its size stays. */
export function moved(box: Rect, dx: number, dy: number, size: Size): Rect {
  return {
    x: clamp(box.x + dx, 0, Math.max(0, size.width - box.w)),
    y: clamp(box.y + dy, 0, Math.max(0, size.height - box.h)),
    w: box.w,
    h: box.h,
  };
}

/** Drag a corner or an edge; the opposite one stays, and the box never turns over. */
export function resized(box: Rect, handle: Handle, dx: number, dy: number, size: Size): Rect {
  let [left, top, right, bottom] = [box.x, box.y, box.x + box.w, box.y + box.h];
  if (handle.includes('w')) {
    left = clamp(left + dx, 0, right - SMALLEST);
  } else if (handle.includes('e')) {
    right = clamp(right + dx, left + SMALLEST, size.width);
  }
  if (handle.startsWith('n')) {
    top = clamp(top + dy, 0, bottom - SMALLEST);
  } else if (handle.startsWith('s')) {
    bottom = clamp(bottom + dy, top + SMALLEST, size.height);
  }
  return { x: left, y: top, w: right - left, h: bottom - top };
}

export function handlePoint(box: Rect, handle: Handle): Point {
  const part = (low: string, high: string): number =>
    handle.includes(low) ? 0 : handle.includes(high) ? 1 : 0.5;
  return { x: box.x + box.w * part('w', 'e'), y: box.y + box.h * part('n', 's') };
}

/** The handle within `reach` picture pixels of a point. */
export function handleAt(box: Rect, at: Point, reach: number): Handle | null {
  let [best, nearest] = [null as Handle | null, reach];
  for (const handle of HANDLES) {
    const { x, y } = handlePoint(box, handle);
    const away = Math.max(Math.abs(at.x - x), Math.abs(at.y - y));
    // Corners come first where a box is so small that its handles meet.
    if (away < nearest || (away === nearest && !best)) {
      [best, nearest] = [handle, away];
    }
  }
  return best;
}

/** The smallest box under a point, so that a box inside another can be reached. */
export function boxAt<B extends Rect>(boxes: B[], at: Point): B | null {
  const hit = boxes.filter(
    ({ x, y, w, h }) => at.x >= x && at.x <= x + w && at.y >= y && at.y <= y + h
  );
  return hit.reduce<B | null>(
    (best, box) => (!best || box.w * box.h < best.w * best.h ? box : best),
    null
  );
}

/** How a picture lies on the screen: screen = picture * scale + offset. */
export interface View extends Point {
  scale: number;
}

/** Show a whole picture in the middle; small ones are enlarged at most four times. */
export function fitted(size: Size, stage: Size): View {
  const scale = Math.min(stage.width / size.width, stage.height / size.height, 4);
  return centred(size, stage, { scale: scale > 0 ? scale : 1, x: 0, y: 0 });
}

/** Zoom so that the point of the picture under `at` (screen pixels) stays where it is. */
export function zoomed(view: View, factor: number, at: Point, size: Size, stage: Size): View {
  const least = Math.min(fitted(size, stage).scale, 1);
  const scale = clamp(view.scale * factor, least, 40);
  const grown = scale / view.scale;
  const x = at.x - (at.x - view.x) * grown;
  const y = at.y - (at.y - view.y) * grown;
  return centred(size, stage, { scale, x, y });
}

/** Move the picture, but never off the stage. */
export function panned(view: View, dx: number, dy: number, size: Size, stage: Size): View {
  return centred(size, stage, { ...view, x: view.x + dx, y: view.y + dy });
}

function centred(size: Size, stage: Size, view: View): View {
  const place = (offset: number, picture: number, room: number): number =>
    picture <= room ? (room - picture) / 2 : clamp(offset, room - picture, 0);
  return {
    scale: view.scale,
    x: place(view.x, size.width * view.scale, stage.width),
    y: place(view.y, size.height * view.scale, stage.height),
  };
}

export function toPicture(view: View, at: Point): Point {
  return { x: (at.x - view.x) / view.scale, y: (at.y - view.y) / view.scale };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), Math.max(low, high));
}
