/** How many bars a histogram has at most. */
const BINS = 24;
/** Values beyond these shares of a long tail go into the first or last bin. */
const TAIL = 0.005;

export interface Bins {
  edges: number[];
  whole: boolean;
  bucketOf: Uint8Array;
  missing: number;
}

/**
 * Deal numbers into equal bins; the first and last are open, and missing values get one more.
 *
 * A bin holds its lower edge and not its upper one. Edges of whole numbers lie between
 * them, so that no picture stands on an edge.
 */
export function binNumbers(values: Float32Array): Bins {
  const { low, high, whole, missing } = survey(values);
  const edges = whole ? wholeEdges(low, high) : evenEdges(low, high);
  const bins = edges.length - 1;
  const start = edges[0]!;
  const scale = bins / (edges[bins]! - start);
  const bucketOf = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const bin = Math.floor((value - start) * scale);
    bucketOf[i] = value !== value ? bins : bin < 0 ? 0 : bin >= bins ? bins - 1 : bin;
  }
  return { edges, whole, bucketOf, missing };
}

interface Survey {
  low: number;
  high: number;
  whole: boolean;
  missing: number;
}

function survey(values: Float32Array): Survey {
  let low = Infinity;
  let high = -Infinity;
  let whole = true;
  let missing = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value !== value) {
      missing++;
      continue;
    }
    low = value < low ? value : low;
    high = value > high ? value : high;
    whole &&= Math.trunc(value) === value;
  }
  if (low > high) {
    return { low: 0, high: 1, whole: false, missing };
  }
  return { ...withoutTails(values, low, high), whole, missing };
}

/** Shorten the range where a few extreme values would squeeze all others into one bin. */
function withoutTails(
  values: Float32Array,
  low: number,
  high: number
): { low: number; high: number } {
  const step = Math.max(1, Math.floor(values.length / 20_000));
  const sample: number[] = [];
  for (let i = 0; i < values.length; i += step) {
    const value = values[i]!;
    if (value === value && Number.isFinite(value)) {
      sample.push(value);
    }
  }
  const sorted = Float64Array.from(sample).sort();
  if (!sorted.length) {
    return { low: 0, high: 1 };
  }
  const near = sorted[Math.floor(TAIL * (sorted.length - 1))]!;
  const far = sorted[Math.ceil((1 - TAIL) * (sorted.length - 1))]!;
  const long = far > near && (far - near) * 4 < high - low;
  return long || !Number.isFinite(high - low) ? { low: near, high: far } : { low, high };
}

function wholeEdges(low: number, high: number): number[] {
  const width = Math.max(1, Math.ceil((high - low + 1) / BINS));
  const bins = Math.max(1, Math.ceil((high - low + 1) / width));
  return Array.from({ length: bins + 1 }, (_, i) => low - 0.5 + i * width);
}

/** Round the step to 1, 2 or 5 times a power of ten: edges that can be said aloud. */
function evenEdges(low: number, high: number): number[] {
  if (!(high > low)) {
    return [low, low + (Math.abs(low) || 1)];
  }
  const raw = (high - low) / BINS;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= raw * 0.9999) ?? 10);
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.floor(high / step) + 1);
  return Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12))
  );
}
