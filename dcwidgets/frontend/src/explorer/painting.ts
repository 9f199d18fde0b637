import type { Layout } from './layout';

export type View = 'draws' | 'difference' | 'histograms';

export interface Sheets {
  originals: ImageBitmap | null;
  draws: ImageBitmap | null;
}

/** How often a difference doubles before it is shown. */
const DOUBLINGS = 2;

/** Paint the originals, then their draws or how these differ; `plain` shows originals only. */
export function paint(
  pen: CanvasRenderingContext2D,
  layout: Layout,
  { originals, draws }: Sheets,
  view: View,
  plain: boolean
): void {
  const { pictures, draws: columns } = layout.about;
  pen.clearRect(0, 0, layout.width, layout.height);
  pen.imageSmoothingQuality = 'high';
  for (let row = 0; row < pictures; row++) {
    for (let column = 0; column <= columns; column++) {
      if (column === 0 || plain || !draws) {
        // Until the draws arrive, faint originals hold their place.
        pen.globalAlpha = column === 0 || plain ? 1 : 0.25;
        tile(pen, layout, originals, row, column, 0);
        pen.globalAlpha = 1;
      } else if (view === 'difference') {
        tile(pen, layout, originals, row, column, 0);
        pen.globalCompositeOperation = 'difference';
        tile(pen, layout, draws, row, column, column - 1);
        pen.globalCompositeOperation = 'source-over';
      } else {
        tile(pen, layout, draws, row, column, column - 1);
      }
    }
  }
  if (view === 'difference' && draws && !plain) {
    amplify(pen, layout);
  }
}

function tile(
  pen: CanvasRenderingContext2D,
  layout: Layout,
  sheet: ImageBitmap | null,
  row: number,
  column: number,
  from: number
): void {
  const { size } = layout.about;
  const { x, y, edge } = layout.rect(row, column);
  if (sheet) {
    pen.drawImage(sheet, from * size, row * size, size, size, x, y, edge, edge);
  }
}

/** Double what is shown of the draws, by adding it to itself. */
function amplify(pen: CanvasRenderingContext2D, layout: Layout): void {
  const { x } = layout.rect(0, 1);
  const box = [x, 0, layout.width - x, layout.height] as const;
  pen.globalCompositeOperation = 'lighter';
  for (let doubling = 0; doubling < DOUBLINGS; doubling++) {
    pen.drawImage(pen.canvas, ...box, ...box);
  }
  pen.globalCompositeOperation = 'source-over';
}

/** Read the pixels of a sheet, RGBA. */
export function pixelsOf(sheet: ImageBitmap): Uint8ClampedArray {
  const canvas = new OffscreenCanvas(sheet.width, sheet.height);
  const pen = canvas.getContext('2d')!;
  pen.drawImage(sheet, 0, 0);
  return pen.getImageData(0, 0, sheet.width, sheet.height).data;
}
