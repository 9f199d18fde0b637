/** What a model said of each picture: everything that the page counts from. */
export interface Judged {
  n: number;
  classes: string[];
  /** Class number of each picture. */
  truth: Uint16Array;
  /** Probability of the second class; empty of meaning for more than two. */
  probability: Float32Array;
}

/** Call each picture by its class: the second one above the threshold. */
export function called({ probability }: Judged, threshold: number): Uint16Array {
  return Uint16Array.from(probability, (p) => (p > threshold ? 1 : 0));
}

/** Pictures by class (rows) and by what they were called (columns). */
export function confusion({ truth, classes }: Judged, said: Uint16Array): number[][] {
  const cells = classes.map(() => classes.map(() => 0));
  truth.forEach((label, row) => cells[label]![said[row]!]!++);
  return cells;
}

/** A count out of a total, such as precision: `hits` of `all`. */
export interface Metric {
  name: string;
  hits: number;
  all: number;
}

/** Accuracy, and for two classes precision and recall of the second. */
export function metrics(cells: number[][]): Metric[] {
  const all = cells.flat().reduce((sum, count) => sum + count, 0);
  const right = cells.reduce((sum, row, at) => sum + row[at]!, 0);
  const found = [{ name: 'accuracy', hits: right, all }];
  if (cells.length === 2) {
    const [[, falsePositive], [falseNegative, truePositive]] = cells as Pair;
    found.push(
      { name: 'precision', hits: truePositive, all: truePositive + falsePositive },
      { name: 'recall', hits: truePositive, all: truePositive + falseNegative }
    );
  }
  return found;
}

type Pair = [[number, number], [number, number]];

/** The harmonic mean of precision and recall, NaN where there is nothing to find. */
export function f1(cells: number[][]): number {
  const [[, falsePositive], [falseNegative, truePositive]] = cells as Pair;
  return (2 * truePositive) / (2 * truePositive + falsePositive + falseNegative);
}

/** One point of the ROC curve: what calling the second class above `threshold` costs. */
export interface RocPoint {
  threshold: number;
  falsePositives: number;
  truePositives: number;
}

/** Every point of the ROC curve, from calling none the second class to calling all so. */
export function roc({ truth, probability, n }: Judged): RocPoint[] {
  const order = Uint32Array.from({ length: n }, (_, row) => row).sort(
    (a, b) => probability[b]! - probability[a]!
  );
  const points: RocPoint[] = [{ threshold: 1, falsePositives: 0, truePositives: 0 }];
  let [falsePositives, truePositives] = [0, 0];
  order.forEach((row, at) => {
    truePositives += truth[row] === 1 ? 1 : 0;
    falsePositives += truth[row] === 1 ? 0 : 1;
    const next = order[at + 1];
    const here = probability[row]!;
    // Between two equal probabilities no threshold can lie.
    if (next === undefined || probability[next] !== here) {
      const below = next === undefined ? 0 : probability[next]!;
      points.push({ threshold: (here + below) / 2, falsePositives, truePositives });
    }
  });
  return points;
}

/** The threshold at which errors cost least; of equal ones that nearest to one half. */
export function cheapest(
  points: RocPoint[],
  costFalsePositive: number,
  costFalseNegative: number
): { threshold: number; cost: number } {
  const positives = points.at(-1)!.truePositives;
  const cost = (point: RocPoint): number =>
    costFalsePositive * point.falsePositives +
    costFalseNegative * (positives - point.truePositives);
  const best = points.reduce((a, b) => {
    const apart = cost(b) - cost(a);
    const nearer = Math.abs(b.threshold - 0.5) < Math.abs(a.threshold - 0.5);
    return apart < 0 || (apart === 0 && nearer) ? b : a;
  });
  return { threshold: best.threshold, cost: cost(best) };
}

/** The area under the ROC curve, NaN where a class is missing. */
export function area(points: RocPoint[]): number {
  const last = points.at(-1)!;
  let sum = 0;
  for (let at = 1; at < points.length; at++) {
    const [a, b] = [points[at - 1]!, points[at]!];
    sum += ((b.falsePositives - a.falsePositives) * (a.truePositives + b.truePositives)) / 2;
  }
  return sum / (last.falsePositives * last.truePositives);
}

/** Histogram of the probabilities of each class. */
export function spread({ truth, probability, classes }: Judged, bins: number): number[][] {
  const counts = classes.map(() => Array.from({ length: bins }, () => 0));
  probability.forEach((p, row) => {
    counts[truth[row]!]![Math.min(bins - 1, Math.floor(p * bins))]!++;
  });
  return counts;
}

/** How wrong the model is about a picture, 0 to 1: what the grid is sorted by. */
export function wrongness({ truth, probability }: Judged, said: Uint16Array, row: number): number {
  const wrong = said[row] === truth[row] ? 0 : 1;
  const away = Math.abs(probability[row]! - (truth[row] === 1 ? 1 : 0));
  return (wrong + away) / 2;
}
