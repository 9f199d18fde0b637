import type { Column } from './table';

/** float32 with 32 bits and a row number with 21 share the 53 bits of a double. */
const MOST_PACKED = 2 ** 21;

/**
 * Rows ordered by a column, missing values last, equal ones in the order of the table.
 *
 * Key and row are packed into one number, because sorting numbers natively is many times
 * faster than comparing by a function.
 */
export function orderBy(column: Column, descending: boolean): Uint32Array {
  const n = column.bucketOf.length;
  const key = keyOf(column, descending);
  if (n > MOST_PACKED) {
    return Uint32Array.from({ length: n }, (_, row) => row).sort(
      (a, b) => key(a) - key(b) || a - b
    );
  }
  const packed = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    packed[row] = key(row) * MOST_PACKED + row;
  }
  packed.sort();
  return Uint32Array.from(packed, (value) => value % MOST_PACKED);
}

/** A whole number from 0 to 2 ** 32 - 1 per row that sorts as the column does. */
function keyOf(column: Column, descending: boolean): (row: number) => number {
  const last = 2 ** 32 - 1;
  if (column.kind === 'category') {
    return (row) => {
      const code = column.codes[row]!;
      return code === 0 ? last : descending ? column.labels.length - code : code;
    };
  }
  // The bits of a positive float sort as whole numbers do; a negative one's sort backwards.
  const bits = new Uint32Array(
    column.values.buffer,
    column.values.byteOffset,
    column.values.length
  );
  return (row) => {
    if (column.values[row] !== column.values[row]) {
      return last;
    }
    const raw = bits[row]!;
    const rising = (raw & 0x80000000 ? ~raw : raw | 0x80000000) >>> 0;
    return Math.min(descending ? last - rising : rising, last - 1);
  };
}
