/** Longest pause that still counts as work on a picture. */
const IDLE = 20_000;

/** Seconds spent on a picture, from what the hands do; pauses count up to 20 s. */
export class Stopwatch {
  private last: number;
  private sum = 0;

  constructor(private readonly now: () => number = () => performance.now()) {
    this.last = now();
  }

  /** Begin with another picture. */
  start(): void {
    this.last = this.now();
    this.sum = 0;
  }

  /** The hands did something. */
  seen(): void {
    const at = this.now();
    this.sum += Math.min(at - this.last, IDLE);
    this.last = at;
  }

  /** Seconds since the last time this was asked. */
  take(): number {
    this.seen();
    const seconds = Math.round(this.sum / 100) / 10;
    this.sum = 0;
    return seconds;
  }
}
