import { h } from '../shared/dom';
import { CHANNELS, compare, type Spread, stepPath } from './histogram';
import { svg } from './svg';

const WIDTH = 256;
const HEIGHT = 96;

/** Three charts, one a channel: originals filled, draws as a line. */
export class Charts {
  readonly node = h('div', { class: 'dcw-ax-charts' });
  private readonly charts = CHANNELS.map((name) => new Chart(name));

  constructor() {
    const legend = h(
      'p',
      { class: 'dcw-ax-legend' },
      h('span', { class: 'dcw-ax-filled' }, 'Originals'),
      h('span', { class: 'dcw-ax-line' }, 'Draws')
    );
    this.node.append(legend, ...this.charts.map(({ node }) => node));
  }

  show(before: Spread[], after: Spread[]): void {
    this.charts.forEach((chart, channel) => chart.show(before[channel]!, after[channel]!));
    this.node.dataset['shown'] = 'true'; // tests wait for this
  }
}

class Chart {
  readonly node: HTMLElement;
  private readonly filled = svg('path', { class: 'dcw-ax-filled' });
  private readonly line = svg('path', { class: 'dcw-ax-line' });
  private readonly picture;
  private readonly words = h('span', { class: 'dcw-ax-words' });

  constructor(private readonly name: string) {
    const size = { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img' };
    this.picture = svg('svg', size, this.filled, this.line);
    const caption = h('figcaption', {}, h('strong', {}, name), ' ', this.words);
    this.node = h('figure', { class: `dcw-ax-chart dcw-ax-${name.toLowerCase()}` }, caption);
    this.node.append(this.picture);
  }

  show(before: Spread, after: Spread): void {
    // Black frames fill one bin; it must not flatten the rest, so the ends do not count here.
    const inner = [...before.shares.slice(1, -1), ...after.shares.slice(1, -1)];
    const highest = 1.1 * Math.max(...inner, 0.02);
    this.filled.setAttribute('d', stepPath(before.shares, highest, WIDTH, HEIGHT));
    this.line.setAttribute('d', stepPath(after.shares, highest, WIDTH, HEIGHT));
    this.words.textContent = compare(before, after);
    this.picture.setAttribute('aria-label', `${this.name}: ${compare(before, after)}`);
  }
}
