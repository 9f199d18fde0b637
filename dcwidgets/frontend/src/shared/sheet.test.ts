import { afterEach, expect, test, vi } from 'vitest';

import { decodeSheet } from './sheet';

const inAMessage = (bytes: number[]): DataView => {
  const message = new Uint8Array([9, 9, ...bytes, 9]);
  return new DataView(message.buffer, 2, bytes.length);
};

afterEach(() => vi.unstubAllGlobals());

test('decodes its own bytes of a longer message, without a blob where the browser can', async () => {
  const close = vi.fn();
  const given: number[][] = [];
  class Decoder {
    constructor({ data }: { data: Uint8Array }) {
      given.push([...data]);
    }
    decode = (): Promise<unknown> =>
      Promise.resolve({ image: { displayWidth: 6, displayHeight: 4, close } });
    close = close;
  }
  class Canvas {
    constructor(
      readonly width: number,
      readonly height: number
    ) {}
    getContext = (): unknown => ({ drawImage: vi.fn() });
    transferToImageBitmap = (): unknown => ({ width: this.width, height: this.height });
  }
  vi.stubGlobal('ImageDecoder', Decoder);
  vi.stubGlobal('OffscreenCanvas', Canvas);

  const bitmap = await decodeSheet(inAMessage([1, 2, 3]));

  expect(given).toEqual([[1, 2, 3]]);
  expect([bitmap.width, bitmap.height]).toEqual([6, 4]);
  expect(close).toHaveBeenCalledTimes(2); // the decoder and its picture
});

test('goes by a blob where pages are not served safely', async () => {
  const createImageBitmap = vi.fn((blob: Blob) => Promise.resolve({ width: blob.size }));
  vi.stubGlobal('createImageBitmap', createImageBitmap);

  const bitmap = await decodeSheet(inAMessage([1, 2, 3, 4]));

  expect(bitmap.width).toBe(4);
});

test('says so where there is no picture', async () => {
  await expect(decodeSheet(undefined)).rejects.toThrow('without a picture');
});
