/** Browsers refuse taller elements (Firefox at 17.8 million pixels). */
const TALLEST = 8_000_000;

/**
 * Where lines lie that are too many to exist at once.
 *
 * Beyond `TALLEST` the scroll bar covers the lines in proportion, so that the last one
 * can be reached.
 */
export class LineWindow {
  lines = 0;
  lineHeight = 1;
  height = 0;

  /** Height of the element that gives the scroll bar its length. */
  get scrollHeight(): number {
    return Math.min(this.lines * this.lineHeight, TALLEST);
  }

  /** Pixels above the view, as if every line existed. */
  top(scrollTop: number): number {
    return scrollTop * this.stretch;
  }

  scrollTopOf(top: number): number {
    return top / this.stretch;
  }

  /** First line in view, and one past the last. */
  range(scrollTop: number): [number, number] {
    const top = this.top(scrollTop);
    const first = Math.max(0, Math.floor(top / this.lineHeight));
    const last = Math.min(this.lines, Math.ceil((top + this.height) / this.lineHeight));
    return [Math.min(first, this.lines), last];
  }

  /** The scroll position that brings a line into view with the least movement. */
  reveal(line: number, scrollTop: number): number {
    const top = this.top(scrollTop);
    const low = line * this.lineHeight;
    const high = low + this.lineHeight - this.height;
    const wanted = low < top ? low : high > top ? high : top;
    return this.scrollTopOf(wanted);
  }

  private get stretch(): number {
    const whole = this.lines * this.lineHeight - this.height;
    const shown = this.scrollHeight - this.height;
    return shown > 0 && whole > shown ? whole / shown : 1;
  }
}
