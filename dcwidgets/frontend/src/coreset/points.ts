/** Places, x, y one after the other; functions here take pixels of the canvas. */
export type Points = Float32Array;

export type Line = [number, number][];

/** The point nearest to a place on the canvas within `reach` pixels, -1 for none. */
export function nearest(points: Points, left: number, top: number, reach: number): number {
  let [found, least] = [-1, reach * reach];
  for (let row = 0; row < points.length / 2; row++) {
    const [x, y] = [points[2 * row]!, points[2 * row + 1]!];
    const apart = (x - left) ** 2 + (y - top) ** 2;
    if (apart < least) {
      [found, least] = [row, apart];
    }
  }
  return found;
}

const AIM = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
} as const;
export type Arrow = keyof typeof AIM;

export function isArrow(key: string): key is Arrow {
  return key in AIM;
}

/** The nearest point in the direction of an arrow key; detours to the side count three times. */
export function neighbour(points: Points, from: number, key: Arrow): number {
  const [aimX, aimY] = AIM[key];
  const [fromX, fromY] = [points[2 * from]!, points[2 * from + 1]!];
  let [found, least] = [from, Infinity];
  for (let row = 0; row < points.length / 2; row++) {
    const [x, y] = [points[2 * row]!, points[2 * row + 1]!];
    const ahead = (x - fromX) * aimX + (y - fromY) * aimY;
    const aside = Math.abs((x - fromX) * aimY) + Math.abs((y - fromY) * aimX);
    const way = ahead + 3 * aside;
    if (row !== from && ahead > 0.5 && way < least) {
      [found, least] = [row, way];
    }
  }
  return found;
}

/** Rows within a closed line, by how often a ray crosses it. */
export function within(points: Points, line: Line): Uint32Array {
  const [lefts, tops] = [line.map(([x]) => x), line.map(([, y]) => y)];
  const [low, high] = [Math.min(...lefts), Math.max(...lefts)];
  const [above, below] = [Math.min(...tops), Math.max(...tops)];
  const found: number[] = [];
  for (let row = 0; row < points.length / 2; row++) {
    const [x, y] = [points[2 * row]!, points[2 * row + 1]!];
    if (x >= low && x <= high && y >= above && y <= below && inside(x, y, line)) {
      found.push(row);
    }
  }
  return Uint32Array.from(found);
}

function inside(x: number, y: number, line: Line): boolean {
  let odd = false;
  line.forEach(([x1, y1], at) => {
    const [x2, y2] = line[(at + 1) % line.length]!;
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) {
      odd = !odd;
    }
  });
  return odd;
}

/** Rows on a canvas. */
export function inView(points: Points, width: number, height: number): Uint32Array {
  return within(points, [
    [0, 0],
    [width, 0],
    [width, height],
    [0, height],
  ]);
}

/** Rows whose thumbnails fit beside each other; those that come first in `order` win. */
export function roomFor(
  points: Points,
  order: Iterable<number>,
  width: number,
  edge: number
): number[] {
  const columns = Math.ceil(width / edge) + 2;
  const taken = new Map<number, [number, number][]>();
  return [...order].filter((row) => {
    const [x, y] = [points[2 * row]!, points[2 * row + 1]!];
    const cell = Math.floor(y / edge) * columns + Math.floor(x / edge);
    // Whatever overlaps lies in this cell or beside it.
    const free = [-columns, 0, columns]
      .flatMap((line) => [line - 1, line, line + 1])
      .every((by) =>
        (taken.get(cell + by) ?? []).every(
          ([left, top]) => Math.abs(left - x) >= edge || Math.abs(top - y) >= edge
        )
      );
    if (free) {
      taken.set(cell, [[x, y]]);
    }
    return free;
  });
}
