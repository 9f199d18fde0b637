import { status } from '../shared/controls';
import { h } from '../shared/dom';

const LATE = 1_500;

/** The line of messages: what was done, what is waited for, what went wrong. */
export class Notes {
  readonly node = h('div', { class: 'dcw-ax-foot' });
  readonly facts = h('span', { class: 'dcw-ax-facts' });
  readonly say = status(this.node);
  /** Whether what is said holds only until the next picture. */
  private passing = false;
  private late: ReturnType<typeof setTimeout> | undefined;

  /** `root` carries `data-trouble` while something is wrong. */
  constructor(private readonly root: HTMLElement) {
    this.node.append(this.facts);
  }

  note(message: string): void {
    this.passing = false;
    delete this.root.dataset['trouble'];
    this.say(message);
  }

  /** Say what holds until the next picture. */
  wait(message: string): void {
    this.note(message);
    this.passing = true;
  }

  complain(reason: string): void {
    this.quiet();
    this.wait(reason);
    this.root.dataset['trouble'] = 'true';
  }

  /** A picture was asked for: say so if it does not come soon. */
  expect(message: string): void {
    this.late ??= setTimeout(() => this.wait(message), LATE);
  }

  /** A picture came. */
  arrived(): void {
    this.quiet();
    if (this.passing) {
      this.note('');
    }
  }

  quiet(): void {
    clearTimeout(this.late);
    this.late = undefined;
  }
}

/** Read what was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
