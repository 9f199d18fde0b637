import { count, h } from '../shared/dom';
import { percent, wilson } from '../shared/stats';
import { area, f1, metrics, spread } from './counts';
import type { State } from './state';
import { s } from './svg';

const BINS = 20;
/** Fewer pictures than these say next to nothing about a slice. */
const FEW = 20;

/** A part of the widget: what it shows, and how it follows a change. */
export interface Panel {
  node: HTMLElement;
  update: () => void;
}

/** The confusion as a table of buttons; each shows its pictures. */
export function confusionPanel(state: State): Panel {
  const { classes } = state.judged;
  const cells = classes.map((label, row) =>
    classes.map((said, column) => {
      const right = row === column;
      const node = h('button', {
        type: 'button',
        class: 'dcw-ev-cell',
        'data-right': String(right),
      });
      node.addEventListener('click', () => state.chooseCell(row, column));
      return { node, label, said, right };
    })
  );
  const table = h(
    'table',
    { class: 'dcw-ev-confusion' },
    h('caption', {}, 'Shown (rows), called (columns)'),
    h('tr', {}, h('td', {}), ...classes.map((name) => h('th', { scope: 'col' }, name))),
    ...cells.map((row, at) =>
      h(
        'tr',
        {},
        h('th', { scope: 'row' }, classes[at]!),
        ...row.map(({ node }) => h('td', {}, node))
      )
    )
  );
  const update = (): void => {
    const { cell } = state.focus;
    cells.forEach((row, label) => {
      const total = state.cells[label]!.reduce((sum, n) => sum + n, 0);
      row.forEach(({ node, right, ...names }, said) => {
        const n = state.cells[label]![said]!;
        const share = total ? n / total : 0;
        node.replaceChildren(
          h('strong', {}, `${right ? '✓' : '✕'} ${count(n)}`),
          h('small', {}, percent(share))
        );
        node.style.setProperty('--dcw-share', String(share));
        node.setAttribute('aria-pressed', String(cell?.[0] === label && cell[1] === said));
        node.setAttribute(
          'aria-label',
          `${count(n)} pictures of ${names.label} called ${names.said}, ${percent(share)}`
        );
      });
    });
  };
  return { node: table, update };
}

/** Accuracy and the rest, with the interval that the number of pictures leaves. */
export function metricsPanel(state: State): Panel {
  const node = h('dl', { class: 'dcw-ev-metrics' });
  const update = (): void => {
    const rows = metrics(state.cells).flatMap(({ name, hits, all }) => {
      const { share, low, high } = wilson(hits, all);
      const words = share.toFixed(3);
      const range = `${low.toFixed(2)} to ${high.toFixed(2)}`;
      return [h('dt', {}, name), h('dd', {}, words, h('small', {}, range))];
    });
    if (state.binary) {
      rows.push(h('dt', {}, 'F1'), h('dd', {}, f1(state.cells).toFixed(3)));
      rows.push(h('dt', {}, 'ROC AUC'), h('dd', {}, area(state.points).toFixed(3)));
    }
    node.replaceChildren(...rows);
  };
  return { node, update };
}

/** How probabilities spread: the first class upwards, the second downwards. */
export function histogramPanel(state: State): Panel {
  const [width, half] = [240, 40];
  const counts = spread(state.judged, BINS);
  const most = Math.max(1, ...counts.flat());
  const bars = counts.flatMap((row, label) =>
    row.map((n, bin) => {
      const height = (n / most) * (half - 2);
      return s('rect', {
        class: label ? 'dcw-ev-second' : 'dcw-ev-first',
        ...{ x: (bin * width) / BINS + 0.5, width: width / BINS - 1, height },
        y: label ? half : half - height,
      });
    })
  );
  const line = s('line', { class: 'dcw-ev-line', y1: 0, y2: 2 * half });
  const [first, second] = state.judged.classes as [string, string];
  const drawing = s(
    'svg',
    { viewBox: `0 0 ${width} ${2 * half}`, role: 'img' },
    ...bars,
    s('line', { class: 'dcw-ev-axis', x1: 0, x2: width, y1: half, y2: half }),
    line
  );
  const node = h(
    'figure',
    {},
    drawing as unknown as Node,
    h('figcaption', {}, `${first} above, ${second} below, by the probability of ${second}`)
  );
  const update = (): void => {
    line.setAttribute('x1', String(state.threshold * width));
    line.setAttribute('x2', String(state.threshold * width));
    const above = counts.map((row) =>
      row.slice(Math.floor(state.threshold * BINS)).reduce((sum, n) => sum + n, 0)
    );
    drawing.setAttribute(
      'aria-label',
      `Probabilities; above the threshold lie about ${above[0]} of ${first}, ${above[1]} of ${second}`
    );
  };
  return { node, update };
}

/** The ROC curve with the point of the threshold. */
export function rocPanel(state: State): Panel {
  const edge = 120;
  const last = state.points.at(-1)!;
  const at = (falsePositives: number, truePositives: number): [number, number] => [
    (falsePositives / Math.max(1, last.falsePositives)) * edge,
    (1 - truePositives / Math.max(1, last.truePositives)) * edge,
  ];
  const path = state.points.map((point) => at(point.falsePositives, point.truePositives).join(' '));
  const dot = s('circle', { class: 'dcw-ev-dot', r: 5 });
  const drawing = s(
    'svg',
    { viewBox: `-6 -6 ${edge + 12} ${edge + 12}`, role: 'img' },
    s('path', { class: 'dcw-ev-axis', d: `M0 ${edge} L${edge} 0` }),
    s('path', { class: 'dcw-ev-curve', d: `M${path.join(' L')}` }),
    dot
  );
  const node = h(
    'figure',
    { class: 'dcw-ev-roc' },
    drawing as unknown as Node,
    h('figcaption', {}, 'false alarms →, found ↑')
  );
  const update = (): void => {
    const [[, falsePositives], [, truePositives]] = state.cells as [
      [number, number],
      [number, number],
    ];
    const [x, y] = at(falsePositives, truePositives);
    dot.setAttribute('cx', String(x));
    dot.setAttribute('cy', String(y));
    const found = percent(truePositives / last.truePositives);
    const alarms = percent(falsePositives / last.falsePositives);
    drawing.setAttribute('aria-label', `ROC curve; here ${found} found, ${alarms} false alarms`);
  };
  return { node, update };
}

/** Accuracy in each slice of a column, with its interval; a click shows its pictures. */
export function slicesPanel(state: State): Panel {
  const select = h(
    'select',
    { 'aria-label': 'Slice by' },
    ...state.columns.map(({ name }, at) => h('option', { value: at }, name))
  );
  const list = h('div', { class: 'dcw-ev-slices', role: 'group', 'aria-label': 'Slices' });
  const update = (): void => {
    const column = Number(select.value);
    const { slice } = state.focus;
    const bars = state.slices(column).map((bar, bucket) => ({ ...bar, bucket }));
    const held = list.contains(document.activeElement)
      ? [...list.children].indexOf(document.activeElement!)
      : -1;
    list.replaceChildren(
      ...bars.map(({ label, hits, all, bucket }) => {
        const { share, low, high } = wilson(hits, all);
        const small = all < FEW ? ', few pictures' : '';
        const node = h(
          'button',
          { type: 'button', class: 'dcw-ev-slice', 'data-few': String(all < FEW) },
          h('span', {}, label),
          h('span', { class: 'dcw-ev-bar', 'aria-hidden': 'true' }, h('i', {}), h('b', {})),
          h('span', {}, `${percent(share)} of ${count(all)}${all < FEW ? ' · few' : ''}`)
        );
        node.style.setProperty('--dcw-low', String(low));
        node.style.setProperty('--dcw-high', String(high));
        node.style.setProperty('--dcw-share', String(Number.isFinite(share) ? share : 0));
        const words = `${label}: ${percent(share)} of ${count(all)} right, ${percent(low)} to ${percent(high)}${small}`;
        node.setAttribute('aria-label', words);
        node.title = words;
        const chosen = slice?.column === column && slice.bucket === bucket;
        node.setAttribute('aria-pressed', String(chosen));
        node.addEventListener('click', () => state.chooseSlice(column, bucket));
        return node;
      })
    );
    (list.children[held] as HTMLElement | undefined)?.focus();
  };
  select.addEventListener('change', update);
  const node = h('div', {}, h('label', {}, 'Slices by ', select), list);
  return { node, update };
}
