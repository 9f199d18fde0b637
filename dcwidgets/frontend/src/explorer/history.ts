/** Milliseconds within which further changes of the same knob are one step. */
const PAUSE = 1000;
const MOST = 500;

/**
 * What was before, and what was undone.
 *
 * Changes with the same `source` are one entry while the pointer is held down, and also
 * while they follow each other quickly, as held arrow keys and typed digits do.
 */
export class History<State> {
  private readonly past: State[] = [];
  private readonly future: State[] = [];
  private source = '';
  private time = -Infinity;
  private held = false;

  constructor(private present: State) {}

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  /** A gesture of the pointer begins: what it changes is an entry of its own. */
  hold(): void {
    this.held = true;
    this.source = '';
  }

  release(): void {
    this.held = false;
  }

  record(state: State, source = '', now = performance.now()): void {
    const joins = source !== '' && source === this.source && (this.held || now - this.time < PAUSE);
    if (!joins) {
      this.past.push(this.present);
      this.past.splice(0, this.past.length - MOST);
    }
    this.present = state;
    this.future.length = 0;
    this.source = source;
    this.time = now;
  }

  undo(): State | null {
    return this.step(this.past, this.future);
  }

  redo(): State | null {
    return this.step(this.future, this.past);
  }

  /** Forget everything but the present. */
  clear(state: State): void {
    this.past.length = 0;
    this.future.length = 0;
    this.present = state;
    this.source = '';
  }

  private step(from: State[], to: State[]): State | null {
    const state = from.pop();
    if (state === undefined) {
      return null;
    }
    to.push(this.present);
    this.present = state;
    this.source = ''; // the next change is an entry of its own
    return state;
  }
}
