import { latest } from '../shared/calls';
import { count, enable, h, perFrame } from '../shared/dom';
import type { Reply } from '../shared/requests';
import { EditBar } from './editbar';
import { ThumbGrid } from '../grid/grid';
import { IssueList } from './issues';
import { findingMark, words } from './marks';
import { PairView } from './pair';
import { Selection } from '../grid/selection';
import type { Session, Verdict } from './session';
import { quote, VERDICTS } from './session';
import type { Thumbs } from '../shared/thumbs';

const KEYS: Record<string, Verdict> = { a: 'accepted', r: 'rejected', u: 'unsure' };
const EDGE = 72;

/** The second tab: walk through what the audit found, worst first, and judge it. */
export class FindingsTab {
  readonly node: HTMLElement;
  private readonly issues: IssueList;
  private readonly grid: ThumbGrid;
  private readonly pair: PairView;
  private readonly bar: EditBar;
  private readonly title = h('div', { class: 'dcw-case-title', role: 'status' });
  private readonly evidence = h('p', { class: 'dcw-evidence' });
  private readonly accepted = h('strong', {});
  private readonly buttons: Map<Verdict, HTMLButtonElement>;
  private readonly askEvidence: (finding: number) => void;
  private finding = -1;

  constructor(
    private readonly session: Session,
    thumbs: Thumbs,
    signal: AbortSignal
  ) {
    this.issues = new IssueList(session, () => this.restart());
    this.pair = new PairView(session);
    this.grid = new ThumbGrid(
      {
        label: 'Findings, worst first',
        keys: () => this.issues.list,
        rowOf: (finding) => session.findings.rows[finding]!,
        mark: (finding) => findingMark(session, finding, this.issues.name !== null),
        focused: (finding) => this.show(finding),
        opened: () => this.buttons.get('accepted')!.focus(),
      },
      session.judged,
      thumbs,
      signal
    );
    this.grid.resize(EDGE);
    this.grid.explainEmpty(this.reasonForNothing());
    this.bar = new EditBar(session, {
      rows: () => this.acceptedRows(),
      python: () => this.acceptedInPython(),
      reason: () => this.issues.name ?? 'accepted findings',
    });
    this.buttons = new Map(
      (['accepted', 'rejected', 'unsure'] as const).map((verdict) => [
        verdict,
        this.button(verdict),
      ])
    );
    this.askEvidence = latest((finding: number) => this.fetchEvidence(finding));
    this.node = this.layOut();
    const update = perFrame(() => this.update());
    session.edited.add(update);
    session.judged.changed.add(update);
    this.restart();
  }

  /** The tab came into view. */
  appear(): void {
    this.grid.refresh();
  }

  private layOut(): HTMLElement {
    const verdicts = h('div', {
      class: 'dcw-verdicts',
      role: 'group',
      'aria-label': 'Your verdict',
    });
    verdicts.append(...this.buttons.values());
    const head = h(
      'div',
      { class: 'dcw-case-head' },
      h('div', {}, this.title, this.evidence),
      verdicts
    );
    const judged = h('div', { class: 'dcw-selection' }, this.accepted, this.bar.node);
    return h(
      'div',
      { class: 'dcw-findings' },
      this.issues.node,
      h('div', { class: 'dcw-main' }, head, this.pair.node, this.grid.node, judged)
    );
  }

  private button(verdict: Verdict): HTMLButtonElement {
    const letter = verdict[0]!.toUpperCase();
    const word = { accepted: 'Accept', rejected: 'Reject', unsure: 'Unsure', open: '' }[verdict];
    const node = h(
      'button',
      { type: 'button', class: 'dcw-button', 'data-verdict': verdict, 'aria-keyshortcuts': letter },
      h('kbd', {}, letter),
      word
    );
    node.addEventListener('click', () => this.judge(verdict));
    return node;
  }

  /** A, R and U, from anywhere in the widget while this tab is the one in view. */
  key(event: KeyboardEvent): void {
    const typing =
      event.target instanceof Element && event.target.matches('input[type=text], select');
    const verdict = KEYS[event.key.toLowerCase()];
    if (this.node.hidden || !verdict || typing || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    event.preventDefault();
    this.judge(verdict);
  }

  /** Judge the current finding, or all selected ones when there are several. */
  private judge(verdict: Verdict): void {
    const { session } = this;
    const several = session.judged.count > 1;
    const findings = several ? session.judged.keys() : Uint32Array.of(this.finding);
    if (this.finding < 0) {
      return;
    }
    // The same verdict again takes it back.
    const again = findings.every((f) => VERDICTS[session.edits.verdicts[f]!] === verdict);
    session.tellCode(this.codeFor(findings, again ? 'open' : verdict));
    void session.decide(findings, again ? 'open' : verdict);
    if (!several && !again) {
      this.advance();
    }
  }

  private codeFor(findings: Uint32Array, verdict: Verdict): string {
    const shown = findings.length > 6 ? [...findings.subarray(0, 6), '...'] : [...findings];
    return `inspector.decide([${shown.join(', ')}], ${quote(verdict)})`;
  }

  private advance(): void {
    const { list } = this.issues;
    const { verdicts } = this.session.edits;
    for (let step = 1; step <= list.length; step++) {
      const position = (this.grid.current + step) % list.length;
      if (verdicts[list[position]!] === 0) {
        this.grid.anchor = position;
        this.session.judged.choose([]);
        this.grid.goTo(position, this.grid.node.contains(document.activeElement));
        return;
      }
    }
  }

  private restart(): void {
    this.session.judged.clear();
    this.grid.rewind();
    const first = this.issues.list.findIndex((f) => this.session.edits.verdicts[f] === 0);
    if (this.issues.list.length) {
      this.grid.goTo(Math.max(0, first), false);
    } else {
      this.show(-1);
    }
  }

  private show(finding: number): void {
    this.finding = finding;
    const { rows, others } = this.session.findings;
    void this.pair.show(rows[finding] ?? -1, others[finding] ?? -1);
    if (finding >= 0) {
      this.askEvidence(finding);
    }
    this.update();
  }

  private async fetchEvidence(finding: number): Promise<void> {
    const { reply } = await this.session.call<Reply & { evidence: string }>('evidence', {
      finding,
    });
    if (finding === this.finding) {
      this.evidence.textContent = reply.evidence;
    }
  }

  private update(): void {
    const { findings, edits, judged } = this.session;
    const { finding } = this;
    const none = finding < 0;
    const issue = none ? '' : words(findings.issues[findings.codes[finding]!]!);
    const place = `${count(this.grid.current + 1)} of ${count(this.issues.list.length)}`;
    const verdict = VERDICTS[edits.verdicts[finding] ?? 0]!;
    const several = judged.count > 1 ? ` · ${count(judged.count)} selected` : '';
    this.title.textContent = none
      ? 'Nothing to judge'
      : `${issue} · ${place} · ${verdict}${several}`;
    this.evidence.hidden = none;
    this.buttons.forEach((button, name) => {
      enable(button, !none);
      button.setAttribute('aria-pressed', String(!none && verdict === name));
    });
    const waiting = this.acceptedRows().count;
    const { accepted } = this.issues.tally();
    this.accepted.textContent = waiting
      ? `${count(waiting)} accepted, not dropped yet`
      : accepted
        ? 'All accepted pictures are dropped'
        : 'Nothing accepted yet';
    this.issues.update();
    this.bar.update();
    this.grid.refresh();
  }

  /** Pictures of the accepted findings on the list that the recipe still keeps. */
  private acceptedRows(): Selection {
    const { findings, edits, n } = this.session;
    const chosen = new Selection(n);
    const rows = Array.from(this.issues.list)
      .filter((f) => VERDICTS[edits.verdicts[f]!] === 'accepted')
      .map((f) => findings.rows[f]!)
      .filter((row) => row >= 0 && !(edits.marks[row]! & 1));
    chosen.choose(rows);
    return chosen;
  }

  private acceptedInPython(): string {
    const { name } = this.issues;
    const issue = name ? ` and issue == '${name}'` : '';
    return `inspector.decisions.query("decision == 'accepted'${issue}")["id"]`;
  }

  private reasonForNothing(): string {
    const { findings } = this.session;
    if (findings.gone) {
      return `All ${count(findings.gone)} findings are about pictures that are not in this set any more.`;
    }
    return 'No findings here. Give the inspector an audit: dcw.SplitInspector(images, dcw.audit(images)).';
  }
}
