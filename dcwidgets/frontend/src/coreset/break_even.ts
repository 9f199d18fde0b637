/** What choosing costs and a training on what is kept saves; all in seconds. */
export interface Costs {
  choosing: number;
  /** Features, scores, probabilities. */
  preparing: number;
  /** One training on all pictures; 0 if unknown. */
  training: number;
  /** Share of the pictures that is kept; training is taken to need that share of its time. */
  share: number;
}

/** Trainings after which choosing has paid for itself; null if it never does. */
export function breakEven({ choosing, preparing, training, share }: Costs): number | null {
  const saved = training * (1 - share);
  return saved > 0 ? Math.max(1, Math.ceil((choosing + preparing) / saved)) : null;
}

export function costWords(costs: Costs): string {
  const { training, share } = costs;
  if (!training) {
    return 'Say what one training on all pictures takes, to see when choosing pays.';
  }
  const trainings = breakEven(costs);
  if (trainings === null) {
    return 'All pictures are kept: nothing is saved.';
  }
  const each = `A training takes ${seconds(training * share)} in place of ${seconds(training)}`;
  const pays = trainings === 1 ? 'the first training' : `${trainings} trainings`;
  return `${each}; choosing has paid for itself after ${pays}.`;
}

export function seconds(value: number): string {
  if (value >= 120) {
    return `${(value / 60).toFixed(1)} min`;
  }
  return value >= 10
    ? `${value.toFixed(0)} s`
    : value >= 1
      ? `${value.toFixed(1)} s`
      : `${(value * 1000).toFixed(0)} ms`;
}
