export const BINS = 32;
export const CHANNELS = ['Red', 'Green', 'Blue'] as const;

/** How the values of one channel are spread: shares that add up to 1, and what they say. */
export interface Spread {
  shares: number[];
  /** Mean, 0 to 1. */
  mean: number;
  /** Share of the pixels at 0, and at 255. */
  black: number;
  white: number;
}

/** Count the values of each channel in RGBA pixels; pixels that are clear do not count. */
export function spreads(pixels: Uint8ClampedArray): Spread[] {
  const counts = CHANNELS.map(() => new Float64Array(256));
  let total = 0;
  for (let at = 0; at < pixels.length; at += 4) {
    if (pixels[at + 3]) {
      total++;
      counts[0]![pixels[at]!]!++;
      counts[1]![pixels[at + 1]!]!++;
      counts[2]![pixels[at + 2]!]!++;
    }
  }
  return counts.map((count) => spread(count, total || 1));
}

function spread(count: Float64Array, total: number): Spread {
  const shares = new Array<number>(BINS).fill(0);
  let sum = 0;
  count.forEach((n, value) => {
    shares[Math.floor((value * BINS) / 256)]! += n / total;
    sum += n * value;
  });
  return {
    shares,
    mean: sum / total / 255,
    black: count[0]! / total,
    white: count[255]! / total,
  };
}

/** Write a spread as the path of a chart of this size, one step for each bin. */
export function stepPath(shares: number[], highest: number, width: number, height: number): string {
  const step = width / shares.length;
  const y = (share: number): number => height - (height * share) / (highest || 1);
  const parts = shares.map((share, bin) => `H${short(bin * step)}V${short(y(share))}`);
  return `M0 ${height}${parts.join('')}H${width}V${height}`;
}

/** Say in words how draws differ from originals. */
export function compare(before: Spread, after: Spread): string {
  const percent = (share: number): string => `${Math.round(100 * share)} %`;
  return [
    `mean ${before.mean.toFixed(2)} → ${after.mean.toFixed(2)}`,
    `at 0: ${percent(before.black)} → ${percent(after.black)}`,
    `at 255: ${percent(before.white)} → ${percent(after.white)}`,
  ].join(' · ');
}

function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}
