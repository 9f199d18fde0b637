/** A share of a count with its interval. */
export interface Share {
  share: number;
  low: number;
  high: number;
}

/** Two-sided 95 %. */
export const Z95 = 1.959964;

/**
 * Wilson's score interval of a proportion, k of n.
 *
 * E. B. Wilson (1927), "Probable inference, the law of succession, and statistical
 * inference", J. Am. Stat. Assoc. 22.
 */
export function wilson(k: number, n: number, z = Z95): Share {
  if (n <= 0) {
    return { share: NaN, low: 0, high: 1 };
  }
  const share = k / n;
  const z2 = (z * z) / n;
  const centre = (share + z2 / 2) / (1 + z2);
  const half = (z * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n))) / (1 + z2);
  return { share, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/**
 * Interval of the difference of two independent proportions, k1/n1 - k2/n2.
 *
 * R. G. Newcombe (1998), "Interval estimation for the difference between independent
 * proportions", Stat. Med. 17, method 10.
 */
export function difference(k1: number, n1: number, k2: number, n2: number, z = Z95): Share {
  if (n1 <= 0 || n2 <= 0) {
    return { share: NaN, low: -1, high: 1 };
  }
  const a = wilson(k1, n1, z);
  const b = wilson(k2, n2, z);
  const share = a.share - b.share;
  return {
    share,
    low: share - Math.hypot(a.share - a.low, b.high - b.share),
    high: share + Math.hypot(a.high - a.share, b.share - b.low),
  };
}

/** Whether an interval of a difference leaves no room for chance. */
export function beyondNoise(interval: Share): boolean {
  return interval.low > 0 || interval.high < 0;
}

/** z for an overall 95 % when this many comparisons are looked at together (Bonferroni). */
export function zFor(comparisons: number): number {
  return normalQuantile(1 - 0.025 / Math.max(1, comparisons));
}

/**
 * What a cell of a table would hold if row and column were independent, with its interval.
 *
 * The variance is that of the adjusted residual: S. J. Haberman (1973), "The analysis of
 * residuals in cross-classified tables", Biometrics 29.
 */
export function expectedCell(
  row: number,
  column: number,
  total: number,
  z = Z95
): { expected: number; low: number; high: number } {
  const expected = total ? (row * column) / total : 0;
  const spread = total ? z * Math.sqrt(expected * (1 - row / total) * (1 - column / total)) : 0;
  return { expected, low: Math.max(0, expected - spread), high: expected + spread };
}

/**
 * Quantile of the standard normal distribution for p in (0, 1), to about 4.5e-4.
 *
 * M. Abramowitz and I. A. Stegun (1964), "Handbook of mathematical functions", 26.2.23.
 */
export function normalQuantile(p: number): number {
  const tail = Math.min(p, 1 - p);
  const t = Math.sqrt(-2 * Math.log(tail));
  const z =
    t -
    (2.515517 + t * (0.802853 + t * 0.010328)) /
      (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  return p < 0.5 ? -z : z;
}

export function percent(share: number): string {
  if (!Number.isFinite(share)) {
    return '–';
  }
  const value = share * 100;
  const digits = value !== 0 && Math.abs(value) < 1 ? 1 : 0;
  return `${value.toFixed(digits)} %`;
}
