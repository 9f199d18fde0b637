import { count, h } from '../shared/dom';
import { words } from './marks';
import type { Session } from './session';
import { VERDICTS } from './session';

interface Item {
  node: HTMLButtonElement;
  number: HTMLElement;
  bar: HTMLElement;
}

/** Issues of the audit, how far each is judged, and a limit on what counts. */
export class IssueList {
  readonly node: HTMLElement;
  /** Findings shown, worst first. */
  list: Uint32Array;
  /** The chosen issue, -1 for all. */
  private issue = -1;
  private limit = Infinity;
  private readonly items: Item[];
  private readonly slider = h('input', { type: 'range', min: 0, max: 1, step: 0.01 });
  private readonly limitText = h('output', {});
  private readonly limitBox: HTMLElement;

  constructor(
    private readonly session: Session,
    private readonly changed: () => void
  ) {
    const { issues, n } = session.findings;
    this.list = new Uint32Array(n).map((_, index) => index);
    this.items = [-1, ...issues.keys()].map((code) => this.item(code));
    this.limitBox = h('label', { class: 'dcw-limit' }, this.slider, this.limitText);
    this.slider.addEventListener('input', () => this.limitTo(this.slider.valueAsNumber));
    const nodes = this.items.map(({ node }) => node);
    this.node = h(
      'aside',
      { class: 'dcw-sidebar dcw-issues', 'aria-label': 'Issues' },
      h('div', { class: 'dcw-issue-list', role: 'group', 'aria-label': 'Issue' }, ...nodes),
      this.limitBox,
      h('p', { class: 'dcw-soft' }, 'A finding is a question, not a verdict.')
    );
    this.fitLimit();
    this.update();
  }

  /** Name of the chosen issue; null for all. */
  get name(): string | null {
    return this.session.findings.issues[this.issue] ?? null;
  }

  update(): void {
    const { findings, edits } = this.session;
    const judged = new Uint32Array(findings.issues.length);
    const total = new Uint32Array(findings.issues.length);
    findings.codes.forEach((code, finding) => {
      total[code]!++;
      judged[code]! += edits.verdicts[finding] ? 1 : 0;
    });
    this.items.forEach(({ node, number, bar }, index) => {
      const code = index - 1;
      const all = code < 0 ? findings.n : total[code]!;
      const done = code < 0 ? judged.reduce((a, b) => a + b, 0) : judged[code]!;
      number.textContent = done ? `${count(done)} / ${count(all)}` : count(all);
      number.title = `${count(done)} of ${count(all)} judged`;
      bar.style.transform = `scaleX(${all ? done / all : 0})`;
      node.setAttribute('aria-pressed', String(code === this.issue));
    });
  }

  private item(code: number): Item {
    const number = h('span', { class: 'dcw-bar-count' });
    const bar = h('span', { class: 'dcw-issue-done' });
    const name = code < 0 ? 'all findings' : words(this.session.findings.issues[code]!);
    const node = h(
      'button',
      { type: 'button', class: 'dcw-issue' },
      h('span', {}, name),
      number,
      bar
    );
    node.addEventListener('click', () => {
      this.issue = code;
      this.limit = Infinity;
      this.fitLimit();
      this.select();
    });
    return { node, number, bar };
  }

  /** Pairs are limited by their distance where the audit measured it, all else by score. */
  private measure(): { name: string; values: Float32Array } {
    const { distances, scores } = this.session.findings;
    const measured = this.own().every((finding) => !Number.isNaN(distances[finding]!));
    return measured && this.issue >= 0
      ? { name: 'Distance', values: distances }
      : { name: 'Score', values: scores };
  }

  private own(): Uint32Array {
    const { codes, n } = this.session.findings;
    const all = new Uint32Array(n).map((_, index) => index);
    return this.issue < 0 ? all : all.filter((finding) => codes[finding] === this.issue);
  }

  private fitLimit(): void {
    const { name, values } = this.measure();
    const own = this.own();
    const highest = own.reduce((most, finding) => Math.max(most, values[finding]!), 0);
    this.limitBox.hidden = own.length < 2;
    const whole = own.every((finding) => Number.isInteger(values[finding]!));
    this.slider.max = String(whole ? Math.max(1, highest) : Math.ceil(highest * 100) / 100);
    this.slider.step = whole ? '1' : '0.01';
    this.slider.value = this.slider.max;
    this.slider.setAttribute('aria-label', `${name} at most`);
    this.tellLimit(name, own.length);
  }

  private limitTo(limit: number): void {
    this.limit = limit >= Number(this.slider.max) ? Infinity : limit;
    this.select();
    this.tellLimit(this.measure().name, this.list.length);
  }

  private tellLimit(name: string, n: number): void {
    const { others } = this.session.findings;
    const pairs = this.list.some((finding) => others[finding]! >= 0) && this.issue >= 0;
    const value = this.slider.valueAsNumber;
    this.limitText.textContent = `${name} at most ${value}: ${count(n)} ${pairs ? 'pairs' : 'findings'}`;
  }

  private select(): void {
    const { values } = this.measure();
    this.list = this.own().filter((finding) => !(values[finding]! > this.limit));
    this.tellLimit(this.measure().name, this.list.length);
    this.update();
    this.changed();
  }

  /** How many of the findings shown have each verdict. */
  tally(): Record<(typeof VERDICTS)[number], number> {
    const tally = { open: 0, accepted: 0, rejected: 0, unsure: 0 };
    this.list.forEach((finding) => tally[VERDICTS[this.session.edits.verdicts[finding]!]!]++);
    return tally;
  }
}
