import type { Call } from '../shared/calls';
import { latest } from '../shared/calls';
import { Listeners } from '../shared/listeners';
import type { Reply } from '../shared/requests';
import { bytesOf } from '../shared/bytes';
import type { Points } from './points';

/** What a method keeps at a size, and how well that stands for all. */
export interface Choice {
  method: string;
  size: number;
  seconds: number;
  /** Pictures kept of each class. */
  counts: number[];
  /** Mean distance of a class's pictures to the nearest one kept; null for an empty class. */
  gaps: (number | null)[];
  gap: number;
  farthest: number;
  rows: Uint32Array;
}

export interface Method {
  name: string;
  /** What must be passed in Python before it can be used; empty if it can. */
  lacking: string;
}

export interface Content {
  name: string;
  n: number;
  classes: string[];
  methods: Method[];
  points: Points;
  labels: Uint16Array;
}

/** What one view of the explorer shows. */
export class State {
  readonly changed = new Listeners();
  readonly focused = new Listeners();
  /** What is shown: the last answer. */
  choice: Choice | null = null;
  /** Whether an answer is awaited. */
  choosing = false;
  /** Comparisons at the size of the shown choice, by method. */
  compared = new Map<string, Choice>();
  readonly kept: Uint8Array;
  readonly totals: number[];
  /** The picture that is looked at, -1 for none. */
  current = -1;
  readonly choose: (wish: { method: string; size: number }) => void;

  constructor(
    readonly content: Content,
    private readonly call: Call,
    private readonly say: (message: string) => void
  ) {
    this.kept = new Uint8Array(content.n);
    this.totals = content.classes.map(() => 0);
    content.labels.forEach((label) => this.totals[label]!++);
    const ask = latest(async ({ method, size }: { method: string; size: number }) => {
      try {
        this.show(await this.ask(method, size));
      } catch (error) {
        this.fail(error);
      }
    });
    this.choose = (wish) => {
      this.choosing = true;
      this.changed.tell();
      ask(wish);
    };
  }

  get share(): number {
    return (this.choice?.rows.length ?? 0) / this.content.n;
  }

  /** Choose by every method that can be used, one after the other. */
  async compare(): Promise<void> {
    const size = this.choice?.size;
    for (const { name, lacking } of this.content.methods) {
      if (lacking || size === undefined || this.choice?.size !== size) {
        continue; // the reader moved on: what comes now belongs to another size
      }
      try {
        const choice = await this.ask(name, size);
        if (this.choice.size === size) {
          this.compared.set(name, choice);
          this.changed.tell();
        }
      } catch (error) {
        this.fail(error);
      }
    }
  }

  lookAt(row: number): void {
    if (row !== this.current) {
      this.current = row;
      this.focused.tell();
    }
  }

  /** Share of what is kept that another choice keeps, too. */
  shared(choice: Choice): number {
    const both = choice.rows.reduce((sum, row) => sum + this.kept[row]!, 0);
    return both / Math.max(1, choice.rows.length);
  }

  private async ask(method: string, size: number): Promise<Choice> {
    const { reply, buffers } = await this.call<Reply & Omit<Choice, 'rows'>>('choose', {
      method,
      size,
    });
    return { ...reply, rows: new Uint32Array(bytesOf(buffers[0])) };
  }

  private show(choice: Choice): void {
    if (choice.size !== this.choice?.size) {
      this.compared.clear();
    }
    this.choice = choice;
    this.choosing = false;
    this.compared.set(choice.method, choice);
    this.kept.fill(0);
    choice.rows.forEach((row) => (this.kept[row] = 1));
    this.say('');
    this.changed.tell();
  }

  private fail(error: unknown): void {
    this.choosing = false;
    this.say(error instanceof Error ? error.message : String(error));
    this.changed.tell();
  }
}
