/** Copy a buffer into its own memory: it is a view into a longer message, and may be misaligned. */
export function bytesOf(view: DataView | undefined): ArrayBuffer {
  if (!view) {
    throw new Error('The kernel sent fewer columns than it announced.');
  }
  const copy = new Uint8Array(view.byteLength);
  copy.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  return copy.buffer;
}
