import type { Asking } from './asking';
import type { Parts } from './parts';
import { Rest } from './rest';
import type { Recipe } from './types';

const REST = 150;
const LONG_REST = 800; // label safety costs the kernel some hundred milliseconds

export interface RestingHost {
  parts: Parts;
  recipe: () => Recipe;
  turn: () => number;
  markPins: () => void;
  /** Run a task, and say what went wrong with it. */
  attempt: (act: () => Promise<void>) => Promise<void>;
}

/** What is asked once the pictures are at rest, so that no slider waits for it. */
export class Resting {
  private readonly soon: Rest;
  private readonly later: Rest;
  private draws = 0;
  private endsShown = '';
  private pinsAsked = false;

  constructor(
    private readonly asking: Asking,
    private readonly host: RestingHost,
    signal: AbortSignal
  ) {
    const { attempt, parts } = host;
    const tasks = [
      () => attempt(() => this.askPins()),
      () => attempt(() => this.askDetails()),
      () => attempt(() => this.askEnds()),
      () => attempt(() => this.askTexts()),
      () => parts.stage.count(),
    ];
    this.soon = new Rest(REST, tasks, signal);
    this.later = new Rest(LONG_REST, [() => attempt(() => this.askSafety())], signal);
  }

  /** Pictures are about to change. */
  disturb(): void {
    this.draws++;
    this.soon.disturb();
    this.later.disturb();
  }

  /** Pictures are up to date. */
  settle(): void {
    this.soon.settle();
    this.later.settle();
  }

  /** Something is wanted: ask for it, if things are at rest. */
  nudge(): void {
    this.soon.nudge();
  }

  private async askPins(): Promise<void> {
    if (!this.pinsAsked) {
      this.pinsAsked = true;
      const { reply, sheet } = await this.asking.pins();
      this.host.parts.pins.take(reply, sheet);
      this.host.markPins();
    }
  }

  private async askDetails(): Promise<void> {
    const { parts, recipe, turn } = this.host;
    const { details } = parts;
    if (details.wanted) {
      const { draws } = this;
      const found = await this.asking.details(recipe(), turn());
      if (draws === this.draws) {
        details.take(found);
      }
    }
  }

  private async askEnds(): Promise<void> {
    const { steps } = this.host.parts;
    const { chips } = this.host.recipe();
    const turn = this.host.turn();
    const shown = JSON.stringify([turn, chips]);
    if (shown !== this.endsShown || steps.lacksEnds) {
      const { reply, sheet } = await this.asking.ends(chips, turn);
      this.endsShown = shown;
      steps.takeEnds(reply, sheet);
    }
  }

  private async askTexts(): Promise<void> {
    const { texts } = this.host.parts;
    if (texts.wanted) {
      texts.take(await this.asking.texts(this.host.recipe()));
    }
  }

  private async askSafety(): Promise<void> {
    const { safety } = this.host.parts;
    if (safety.wanted) {
      await this.asking.safety(this.host.recipe(), safety.ask());
    }
  }
}
