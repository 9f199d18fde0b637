import { h } from '../shared/dom';
import { field } from '../shared/controls';
import { cheapest } from './counts';
import type { State } from './state';
import type { Panel } from './panels';

/** The threshold, what errors cost, and where they cost least. */
export function thresholdPanel(
  state: State,
  costs: () => [number, number],
  change: { threshold: (value: number) => void; costs: (costs: [number, number]) => void }
): Panel {
  const node = h('div', { class: 'dcw-ev-threshold' });
  const [first, second] = state.judged.classes as [string, string];
  const slider = field(node, `Called ${second} above`, { type: 'range', ...RANGE });
  const value = h('output', { for: slider.id });
  node.append(value);
  const prices = h('div', { class: 'dcw-ev-costs' });
  const inputs = [`${first} called ${second} costs`, `${second} called ${first} costs`].map(
    (label) => field(prices, label, { type: 'number', min: '0', max: '1000000', step: 'any' })
  );
  const best = h('button', { type: 'button', class: 'dcw-button' });
  node.append(prices, best);
  let found = 0.5;
  slider.addEventListener('input', () => change.threshold(slider.valueAsNumber));
  best.addEventListener('click', () => change.threshold(found));
  inputs.forEach((input) =>
    input.addEventListener('change', () => {
      const given = inputs.map((each) => each.valueAsNumber);
      if (given.every((cost) => Number.isFinite(cost) && cost >= 0)) {
        change.costs(given as [number, number]);
      }
      update();
    })
  );
  const update = (): void => {
    const [falsePositive, falseNegative] = costs();
    slider.valueAsNumber = state.threshold;
    value.textContent = state.threshold.toFixed(2);
    inputs.forEach((input, at) => {
      if (input !== document.activeElement) {
        input.value = String(costs()[at]);
      }
    });
    const cheap = cheapest(state.points, falsePositive, falseNegative);
    found = cheap.threshold;
    const [row0, row1] = state.cells as [number[], number[]];
    const now = falsePositive * row0[1]! + falseNegative * row1[0]!;
    best.textContent = `Cheapest: ${cheap.threshold.toFixed(2)}, ${cost(cheap.cost)} in place of ${cost(now)}`;
  };
  return { node, update };
}

const RANGE = { min: '0', max: '1', step: '0.005' };

function cost(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 1 });
}
