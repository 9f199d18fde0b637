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
export function decodeSheet(sheet: DataView | undefined): Promise<ImageBitmap> {
  if (!sheet) {
    return Promise.reject(new Error('The kernel answered without a picture.'));
  }
  // A buffer is a view into a larger message: without the offset another message's bytes decode.
  const bytes = new Uint8Array(sheet.byteLength);
  bytes.set(new Uint8Array(sheet.buffer, sheet.byteOffset, sheet.byteLength));
  return createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }));
}
