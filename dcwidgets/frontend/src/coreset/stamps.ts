/** Shapes of the classes: a class is told by its shape, whether it is kept by size and colour. */
const SHAPES = ['square', 'cross', 'diamond', 'bars'] as const;
export type Shape = (typeof SHAPES)[number];

export function shapeOf(label: number): Shape {
  return SHAPES[label % SHAPES.length]!;
}

/** A shape as pixels around its middle: x, y one after the other; `edge` is odd. */
export function stamp(shape: Shape, edge: number): Int8Array {
  const half = (edge - 1) / 2;
  const thick = edge > 6 ? 1 : 0;
  const holds: Record<Shape, (x: number, y: number) => boolean> = {
    square: () => true,
    cross: (x, y) => Math.abs(Math.abs(x) - Math.abs(y)) <= thick,
    diamond: (x, y) => Math.abs(x) + Math.abs(y) <= half,
    bars: (x) => Math.abs(x) >= half - thick,
  };
  const pixels: number[] = [];
  for (let y = -half; y <= half; y++) {
    for (let x = -half; x <= half; x++) {
      if (holds[shape](x, y)) {
        pixels.push(x, y);
      }
    }
  }
  return Int8Array.from(pixels);
}

/** The outline of a square, to mark what is selected. */
export function ring(edge: number): Int8Array {
  const half = (edge - 1) / 2;
  const all = stamp('square', edge);
  const pixels: number[] = [];
  for (let at = 0; at < all.length; at += 2) {
    if (Math.max(Math.abs(all[at]!), Math.abs(all[at + 1]!)) === half) {
      pixels.push(all[at]!, all[at + 1]!);
    }
  }
  return Int8Array.from(pixels);
}

/** Pixels of a canvas that many shapes are put on at once: a call for each would take longer. */
export class Plate {
  private readonly pixels: Uint32Array;

  constructor(
    readonly image: ImageData,
    private readonly width = image.width,
    private readonly height = image.height
  ) {
    this.pixels = new Uint32Array(image.data.buffer);
  }

  put(shape: Int8Array, x: number, y: number, colour: number): void {
    const [left, top] = [Math.round(x), Math.round(y)];
    for (let at = 0; at < shape.length; at += 2) {
      const column = left + shape[at]!;
      const line = top + shape[at + 1]!;
      if (column >= 0 && line >= 0 && column < this.width && line < this.height) {
        this.pixels[line * this.width + column] = colour;
      }
    }
  }
}
