import { bytesOf } from './bytes';

/** Draw one JPEG sprite sheet, sent as a binary buffer, onto a canvas of the sheet's own size. */
export async function drawSheet(
  canvas: HTMLCanvasElement,
  sheet: DataView | undefined
): Promise<void> {
  const bitmap = await decodeSheet(sheet);
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
  bitmap.close();
}

/** Decode one JPEG buffer; the caller closes the bitmap. */
export async function decodeSheet(sheet: DataView | undefined): Promise<ImageBitmap> {
  if (!sheet) {
    throw new Error('The kernel answered without a picture.');
  }
  const bytes = new Uint8Array(bytesOf(sheet));
  if (typeof ImageDecoder === 'undefined') {
    return createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }));
  }
  // A blob is written to and read back from another process, and that waits in line: under a
  // moving slider it takes three times as long as to decode.
  const decoder = new ImageDecoder({ data: bytes, type: 'image/jpeg' });
  const { image } = await decoder.decode();
  const canvas = new OffscreenCanvas(image.displayWidth, image.displayHeight);
  canvas.getContext('2d')?.drawImage(image, 0, 0);
  image.close();
  decoder.close();
  return canvas.transferToImageBitmap();
}
