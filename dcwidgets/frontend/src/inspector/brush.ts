import { h } from '../shared/dom';
import type { Filter } from './filter';
import type { Column } from './table';
import { rangeText } from './table';

/**
 * Choose a range of bins: by dragging over the bars, or with two native sliders below them.
 *
 * A click on a bar chooses that bin, a click beside the brush clears it. The first and the
 * last bin are open ends, so a range that reaches them is open, too.
 */
export class NumberBrush {
  readonly node: HTMLElement;
  private from = 0;
  private to: number;
  private readonly bins: number;
  private readonly band = h('div', { class: 'dcw-brush-band', hidden: true });
  private readonly text = h('output', { class: 'dcw-brush-text' });
  private readonly low: HTMLInputElement;
  private readonly high: HTMLInputElement;

  constructor(
    private readonly column: Column,
    private readonly plot: HTMLElement,
    private readonly choose: (filter: Filter | null) => void
  ) {
    this.bins = this.to = column.edges.length - 1;
    this.low = this.slider('from', 0);
    this.high = this.slider('to', this.bins);
    const sliders = h('div', { class: 'dcw-brush-sliders' }, this.low, this.high);
    plot.append(this.band);
    this.node = h('div', { class: 'dcw-brush' }, plot, sliders, this.text);
    plot.addEventListener('pointerdown', (event) => this.drag(event));
  }

  /** Show a filter; returns the bins it covers, the end excluded. */
  show(filter: Filter | null): [number, number] {
    const { edges } = this.column;
    const range = filter && 'range' in filter ? filter.range : null;
    const nothing = filter && 'missing' in filter;
    const [low, high] = range ?? [null, null];
    this.from = low === null ? 0 : nearest(edges, low);
    this.to = high === null ? this.bins : nearest(edges, high);
    if (range && this.to <= this.from) {
      this.to = this.from + 1; // a range that code gave inside of one bin
    }
    this.low.value = String(this.from);
    this.high.value = String(this.to);
    this.band.hidden = !range;
    this.band.style.left = `${(this.from / this.bins) * 100}%`;
    this.band.style.width = `${((this.to - this.from) / this.bins) * 100}%`;
    this.text.textContent = this.words(range);
    return nothing ? [0, 0] : [this.from, this.to];
  }

  private words(range: [number | null, number | null] | null): string {
    const { edges, whole, kind } = this.column;
    const low = range ? (range[0] ?? -Infinity) : edges[0]!;
    const high = range ? (range[1] ?? Infinity) : edges[this.bins]!;
    return rangeText(low, high, whole, kind);
  }

  private slider(end: string, value: number): HTMLInputElement {
    const slider = h('input', {
      ...{ type: 'range', min: 0, max: this.bins, step: 1, value },
      'aria-label': `${this.column.name} ${end}`,
    });
    slider.addEventListener('input', () => {
      const at = slider.valueAsNumber;
      if (end === 'from') {
        this.set(Math.min(at, this.bins - 1), Math.max(this.to, at + 1));
      } else {
        this.set(Math.min(this.from, at - 1), Math.max(at, 1));
      }
    });
    return slider;
  }

  private set(from: number, to: number): void {
    const low = Math.max(0, from);
    const high = Math.min(this.bins, to);
    if (low === 0 && high === this.bins) {
      this.choose(null);
      return;
    }
    const { edges, whole } = this.column;
    const bound = (bin: number, round: (value: number) => number): number =>
      whole ? round(edges[bin]!) : edges[bin]!;
    this.choose({
      range: [
        low === 0 ? null : bound(low, Math.ceil),
        high === this.bins ? null : bound(high, Math.floor),
      ],
    });
  }

  private drag(event: PointerEvent): void {
    if (event.button !== 0) {
      return;
    }
    event.preventDefault();
    const start = this.binAt(event);
    const before = `${this.from}:${this.to}`;
    this.plot.setPointerCapture(event.pointerId);
    const follow = (moved: PointerEvent): void => {
      const here = this.binAt(moved);
      this.set(Math.min(start, here), Math.max(start, here) + 1);
    };
    const end = (up: PointerEvent): void => {
      this.plot.removeEventListener('pointermove', follow);
      this.plot.removeEventListener('pointerup', end);
      this.plot.removeEventListener('pointercancel', end);
      if (
        up.type === 'pointerup' &&
        this.binAt(up) === start &&
        before === `${start}:${start + 1}`
      ) {
        this.choose(null); // a second click on the same bar
      }
    };
    this.plot.addEventListener('pointermove', follow);
    this.plot.addEventListener('pointerup', end);
    this.plot.addEventListener('pointercancel', end);
    follow(event);
  }

  private binAt(event: PointerEvent): number {
    const { left, width } = this.plot.getBoundingClientRect();
    const bin = Math.floor(((event.clientX - left) / width) * this.bins);
    return Math.max(0, Math.min(this.bins - 1, bin));
  }
}

function nearest(edges: number[], value: number): number {
  let best = 0;
  edges.forEach((edge, index) => {
    if (Math.abs(edge - value) < Math.abs(edges[best]! - value)) {
      best = index;
    }
  });
  return best;
}
