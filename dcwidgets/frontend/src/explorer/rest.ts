type Task = () => void | Promise<void>;

/**
 * What is done once things have come to rest, one task after the other.
 *
 * A slider that moves meanwhile is answered first: what is left waits for the next rest.
 */
export class Rest {
  private readonly tasks: Task[];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private turn = 0;
  private resting = false;
  private running = false;
  private again = false;

  constructor(
    private readonly delay: number,
    tasks: Task[],
    signal: AbortSignal
  ) {
    this.tasks = tasks;
    signal.addEventListener('abort', () => this.disturb());
  }

  /** Something moves. */
  disturb(): void {
    this.turn++;
    this.resting = false;
    clearTimeout(this.timer);
  }

  /** Nothing newer waits. */
  settle(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.resting = true;
      this.nudge();
    }, this.delay);
  }

  /** A task has something to do: do it now, if things are at rest. */
  nudge(): void {
    if (this.resting) {
      void this.run();
    }
  }

  private async run(): Promise<void> {
    if (this.running) {
      this.again = true;
      return;
    }
    this.running = true;
    await this.once(this.turn);
    this.running = false;
    if (this.again) {
      this.again = false;
      this.nudge();
    }
  }

  private async once(turn: number): Promise<void> {
    for (const task of this.tasks) {
      if (turn !== this.turn) {
        return;
      }
      await task();
    }
  }
}
