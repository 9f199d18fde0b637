import { bytesOf } from '../shared/bytes';
import { binNumbers } from './bins';

/** A column as Python describes it; its data travels beside it as a buffer. */
export interface Header {
  name: string;
  kind: 'category' | 'number' | 'date';
  bytes: number;
  labels: string[];
  /** Whether the categories are texts in Python, too, and not numbers or booleans. */
  text: boolean;
}

/** One bar of a chart. */
export interface Bucket {
  label: string;
  kind: 'value' | 'other' | 'missing';
  /** Codes of a category; empty for numbers. */
  codes: number[];
}

export interface Column {
  name: string;
  kind: Header['kind'];
  /** Category names; the code of `labels[i]` is `i + 1`, 0 is missing. */
  labels: string[];
  codes: Uint8Array | Uint16Array;
  /** Numbers, NaN where missing; days since 1970 for dates. */
  values: Float32Array;
  buckets: Bucket[];
  /** The bucket of each row. */
  bucketOf: Uint8Array;
  /** Edges of a number's bins, one more than there are bins. */
  edges: number[];
  /** Whether every value is a whole number. */
  whole: boolean;
}

/** More bars than this make a chart unreadable; the rest share one bar. */
const MOST_BARS = 11;
const NONE8 = new Uint8Array(0);
const NONE32 = new Float32Array(0);

export function decodeColumn(header: Header, view: DataView | undefined): Column {
  const data = bytesOf(view);
  if (header.kind === 'category') {
    const codes = header.bytes === 1 ? new Uint8Array(data) : new Uint16Array(data);
    return categoryColumn(header.name, header.labels, codes);
  }
  return numberColumn(header.name, header.kind, new Float32Array(data));
}

export function categoryColumn(
  name: string,
  labels: string[],
  codes: Uint8Array | Uint16Array
): Column {
  const counts = new Uint32Array(labels.length + 1);
  for (let i = 0; i < codes.length; i++) {
    counts[codes[i]!]!++;
  }
  const { buckets, bucketOfCode } = bucketCategories(labels, counts);
  const bucketOf = new Uint8Array(codes.length);
  for (let i = 0; i < codes.length; i++) {
    bucketOf[i] = bucketOfCode[codes[i]!]!;
  }
  return {
    ...{ name, kind: 'category', labels, codes, values: NONE32 },
    ...{ buckets, bucketOf, edges: [], whole: false },
  };
}

/** Give each category its bar: the most frequent ones their own, the rest one, missing one. */
function bucketCategories(
  labels: string[],
  counts: Uint32Array
): { buckets: Bucket[]; bucketOfCode: Uint8Array } {
  const codes = labels.map((_, index) => index + 1);
  const frequent =
    codes.length <= MOST_BARS + 1
      ? codes
      : [...codes]
          .sort((a, b) => counts[b]! - counts[a]!)
          .slice(0, MOST_BARS)
          .sort((a, b) => a - b);
  const buckets: Bucket[] = frequent.map((code) => ({
    label: labels[code - 1]!,
    kind: 'value',
    codes: [code],
  }));
  const own = new Set(frequent);
  const rest = codes.filter((code) => !own.has(code));
  if (rest.length) {
    buckets.push({ label: `other (${rest.length} values)`, kind: 'other', codes: rest });
  }
  if (counts[0]) {
    buckets.push({ label: 'missing', kind: 'missing', codes: [0] });
  }
  const bucketOfCode = new Uint8Array(labels.length + 1);
  buckets.forEach((bucket, index) => bucket.codes.forEach((code) => (bucketOfCode[code] = index)));
  return { buckets, bucketOfCode };
}

export function numberColumn(name: string, kind: Header['kind'], values: Float32Array): Column {
  const { edges, whole, bucketOf, missing } = binNumbers(values);
  const bins = edges.length - 1;
  const buckets: Bucket[] = Array.from({ length: bins }, (_, bin) => ({
    label: rangeText(edges[bin]!, edges[bin + 1]!, whole, kind),
    kind: 'value',
    codes: [],
  }));
  if (missing) {
    buckets.push({ label: 'missing', kind: 'missing', codes: [] });
  }
  return {
    ...{ name, kind, labels: [], codes: NONE8, values },
    ...{ buckets, bucketOf, edges, whole },
  };
}

/** Write a range for the reader; bins of whole numbers have edges between them. */
export function rangeText(low: number, high: number, whole: boolean, kind: Header['kind']): string {
  const from = whole && Number.isFinite(low) ? Math.ceil(low) : low;
  const to = whole && Number.isFinite(high) ? Math.floor(high) : high;
  if (!Number.isFinite(from)) {
    return `up to ${valueText(to, kind)}`;
  }
  if (!Number.isFinite(to)) {
    return `${valueText(from, kind)} and more`;
  }
  return from === to ? valueText(from, kind) : `${valueText(from, kind)} – ${valueText(to, kind)}`;
}

export function valueText(value: number, kind: Header['kind']): string {
  if (kind === 'date' && Number.isFinite(value)) {
    return new Date(value * 86_400_000).toISOString().slice(0, 10);
  }
  const plain = Math.abs(value) >= 1000 || Number.isInteger(value);
  const digits = plain ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 };
  return value.toLocaleString('en-US', digits);
}
