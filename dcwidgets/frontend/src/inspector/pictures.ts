import type { Call } from '../shared/calls';
import type { Reply } from '../shared/requests';
import { decodeSheet } from '../shared/sheet';

/** A whole picture and what the table says about it. */
export interface Picture {
  bitmap: ImageBitmap;
  facts: [string, string][];
  /** Why it could not be decoded; empty if it could. */
  note: string;
}

interface Pictures extends Reply {
  pictures: { facts: [string, string][]; note: string }[];
}

/** Fetch one or two whole pictures; the caller closes the bitmaps. */
export async function fetchPictures(call: Call, rows: number[], size: number): Promise<Picture[]> {
  const { reply, buffers } = await call<Pictures>('pictures', { size }, [Uint32Array.from(rows)]);
  const bitmaps = await Promise.all(buffers.map((buffer) => decodeSheet(buffer)));
  return bitmaps.map((bitmap, index) => ({ bitmap, ...reply.pictures[index]! }));
}

/** Draw a whole picture on a canvas of its own size. */
export function drawPicture(canvas: HTMLCanvasElement, { bitmap }: Picture): void {
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
}

const COMPARED = 256;
/** How much the difference is brightened, so that re-compression can be seen at all. */
export const GAIN = 4;

/**
 * Draw how far two pictures lie apart, pixel by pixel, at a common size.
 *
 * Returns the mean difference from 0 (equal) to 1; black is equal, and differences are
 * shown `GAIN` times as bright as they are.
 */
export function drawDifference(canvas: HTMLCanvasElement, a: Picture, b: Picture): number {
  canvas.width = canvas.height = COMPARED;
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  if (!pen) {
    return NaN;
  }
  const pixels = [a, b].map(({ bitmap }) => {
    pen.drawImage(bitmap, 0, 0, COMPARED, COMPARED);
    return pen.getImageData(0, 0, COMPARED, COMPARED);
  });
  const mean = subtract(pixels[0]!.data, pixels[1]!.data);
  pen.putImageData(pixels[0]!, 0, 0);
  return mean;
}

/** Replace the first picture by the difference; RGBA bytes. */
export function subtract(a: Uint8ClampedArray, b: Uint8ClampedArray): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 4) {
    for (let c = i; c < i + 3; c++) {
      const apart = Math.abs(a[c]! - b[c]!);
      sum += apart;
      a[c] = apart * GAIN;
    }
  }
  return sum / ((a.length / 4) * 3 * 255);
}
