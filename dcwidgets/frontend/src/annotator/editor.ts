import { Listeners } from '../shared/listeners';
import type { Handle } from './geometry';
import { moved, resized } from './geometry';
import { accepting, boxOf, newId } from './said';
import type { Session } from './session';
import type { Box, Change, Proposal, Rect, Status } from './types';
import { REJECTED, SMALLEST } from './types';

/** What the hands do to the picture on show, whether they use the mouse, keys or buttons. */
export class Editor {
  /** What is drawn has changed, on this page alone. */
  readonly shown = new Listeners();
  /** Id of the selected box or proposed box. */
  selected: string | null = null;
  /** A box that is being drawn, moved or resized; an edit once the hand lets go. */
  draft: Box | null = null;
  /** W was pressed: the next drag draws, wherever it begins. */
  drawing = false;
  hidden: boolean;
  nextClass: string;

  constructor(readonly session: Session) {
    this.hidden = session.opened.hidden;
    this.nextClass = session.state.classes[0] ?? '';
    session.finish = () => this.commit();
    let row = session.row;
    session.moved.add(() => {
      if (row !== session.row) {
        row = session.row;
        this.selected = null;
        this.drawing = false;
      }
      this.shown.tell();
    });
    session.edited.add(() => this.shown.tell());
  }

  get boxes(): Box[] {
    const boxes = this.session.said?.boxes ?? [];
    const { draft } = this;
    if (!draft) {
      return boxes;
    }
    return boxes.some(({ id }) => id === draft.id)
      ? boxes.map((box) => (box.id === draft.id ? draft : box))
      : [...boxes, draft];
  }

  get proposals(): Proposal[] {
    return this.hidden ? [] : this.session.proposals.filter(({ id }) => id !== this.draft?.id);
  }

  get box(): Box | null {
    return this.boxes.find(({ id }) => id === this.selected) ?? null;
  }

  get proposal(): Proposal | null {
    return this.proposals.find(({ id }) => id === this.selected) ?? null;
  }

  select(id: string | null): void {
    if (id !== this.selected) {
      this.commit();
      this.selected = id;
      this.shown.tell();
      this.describe();
    }
  }

  /** Go round the boxes and proposed boxes. */
  selectNext(by: number): void {
    const ids = [...this.boxes, ...this.proposals.filter(boxOf)].map(({ id }) => id);
    const at = this.selected === null ? (by > 0 ? -1 : 0) : ids.indexOf(this.selected);
    if (ids.length) {
      this.select(ids[(at + by + ids.length) % ids.length]!);
    } else {
      this.session.say('There is no box to select: drag, or press W and Enter.');
    }
  }

  /** Show what the hand does; nothing is saved before `commit`. */
  sketch(rect: Rect, of: Box | null): void {
    const box = of ?? {
      id: this.draft?.id ?? newId(),
      label: this.nextClass,
      difficult: false,
      truncated: false,
      source: 'human',
    };
    this.draft = { ...box, ...rect };
    this.selected = this.draft.id;
    this.session.unfinished = true;
    this.session.signed.tell();
    this.shown.tell();
  }

  /** The hand has let go: make an edit of it. */
  commit(): void {
    const { draft } = this;
    if (!draft) {
      return;
    }
    this.drop();
    if (Math.min(draft.w, draft.h) < SMALLEST) {
      this.selected = null;
      this.session.say('A box below 3 pixels is taken for a slip and left out.');
    } else {
      const source = draft.source === 'model' ? 'model, edited' : draft.source;
      this.edit({ put: [{ ...draft, source }] });
      this.describe();
    }
    this.shown.tell();
  }

  /** Esc: the unfinished box, then the selection. */
  cancel(): void {
    if (this.draft || this.drawing) {
      const fresh = !this.session.said?.boxes.some(({ id }) => id === this.draft?.id);
      this.drop();
      this.drawing = false;
      this.selected = fresh ? null : this.selected;
      this.shown.tell();
    } else {
      this.select(null);
    }
  }

  private drop(): void {
    this.draft = null;
    this.session.unfinished = false;
    this.session.signed.tell();
  }

  draw(): void {
    if (!this.session.opened.boxes) {
      this.session.say('This annotator gives classes only.');
      return;
    }
    this.commit();
    this.drawing = true;
    this.selected = null;
    this.session.say('Drag a box, or press Enter for one that the arrows move. Esc stops.');
    this.shown.tell();
  }

  /** A new box around the middle of what is seen. */
  place(rect: Rect): void {
    this.drawing = false;
    this.draft = null;
    this.sketch(rect, null);
    this.commit();
  }

  nudge(dx: number, dy: number): boolean {
    return this.reshape((box, size) => moved(box, dx, dy, size));
  }

  grow(dx: number, dy: number): boolean {
    return this.reshape((box, size) => resized(box, 'se', dx, dy, size));
  }

  /** The selected box, or the selected proposal as a box, to be dragged. */
  grip(): Box | null {
    return this.box ?? (this.proposal && boxOf(this.proposal));
  }

  pull(from: Box, handle: Handle | null, dx: number, dy: number): void {
    const size = this.session.picture;
    if (size) {
      this.sketch(handle ? resized(from, handle, dx, dy, size) : moved(from, dx, dy, size), from);
    }
  }

  private reshape(change: (box: Box, size: { width: number; height: number }) => Rect): boolean {
    const box = this.grip();
    const size = this.session.picture;
    if (!box || !size) {
      return false;
    }
    this.sketch(change(box, size), box);
    return true;
  }

  /** A digit or a click: the class of the selection, else of the next box (and the picture). */
  classify(name: string): void {
    this.commit();
    const box = this.grip();
    this.nextClass = name;
    if (box) {
      const source = box.source === 'model' ? 'model, edited' : box.source;
      this.edit({ put: [{ ...box, label: name, source }] });
      this.describe();
    } else if (this.labelsPicture) {
      this.label(name);
    } else {
      this.session.say(`The next box is a ${name}.`);
      this.shown.tell();
    }
  }

  /** Whether a digit now gives the picture its class, too. */
  get labelsPicture(): boolean {
    return !this.grip() && !(this.session.opened.boxes && this.session.said?.boxes.length);
  }

  label(name: string): void {
    this.commit();
    if (this.edit({ label: name })) {
      this.session.say(name ? `The picture is a ${name}.` : 'The picture has no class.');
      this.goOn(Boolean(name));
    }
  }

  mark(status: Status): void {
    this.commit();
    const on = this.session.said?.status === status;
    if (this.edit({ status: on ? 'labeled' : status })) {
      this.session.say(on ? `No longer ${status}.` : `Marked ${status}.`);
      if (!on && status === 'skipped') {
        this.session.go(this.session.row + 1);
      }
    }
  }

  delete(): void {
    this.drop();
    const { box, proposal } = this;
    if (box) {
      this.selected = null;
      this.edit({ remove: [box.id] });
      this.session.say(`Deleted a ${box.label}. Ctrl+Z brings it back.`);
    } else if (proposal) {
      this.reject(proposal);
    }
  }

  reject(proposal: Proposal): void {
    this.selected = null;
    this.edit({ tags: { [REJECTED + proposal.id]: true } });
    this.session.say(`Turned down: ${proposal.label}.`);
  }

  /** Take over the selected proposal, else the next one; or all. */
  accept(all = false): void {
    this.commit();
    const open = this.proposals;
    const chosen = all ? open : [this.proposal ?? open[0]].filter((one) => one !== undefined);
    chosen.forEach((one) => this.edit(accepting(one)));
    const names = chosen.map(({ label }) => label).join(', ');
    this.session.say(names ? `Accepted: ${names}.` : 'There is no proposal to accept.');
    this.goOn(chosen.length > 0 && !this.proposals.length);
  }

  async copyPrevious(): Promise<void> {
    this.commit();
    const { row } = this.session;
    const before = row > 0 ? await this.session.record(row - 1) : null;
    const put = (before?.boxes ?? []).map((box) => ({ ...box, id: newId(), source: 'copied' }));
    if (row === this.session.row && put.length) {
      this.edit({ put });
    }
    const words = put.length === 1 ? '1 box' : `${put.length} boxes`;
    this.session.say(put.length ? `Copied ${words}.` : 'The previous picture has no boxes.');
  }

  toggle(flag: 'difficult' | 'truncated'): void {
    const { box } = this;
    if (box) {
      this.edit({ put: [{ ...box, [flag]: !box[flag] }] });
    }
  }

  edit(change: Change): boolean {
    if (change.put) {
      change.put = change.put.map(plain);
    }
    return this.session.edit(change);
  }

  hide(hidden: boolean): void {
    this.hidden = hidden;
    this.session.say(hidden ? 'Proposals are hidden.' : 'Proposals are shown.');
    this.shown.tell();
  }

  private goOn(done: boolean): void {
    if (done && this.session.opened.advance) {
      this.session.go(this.session.row + 1);
    }
  }

  private describe(): void {
    const box = this.grip();
    if (box) {
      const [x, y, w, h] = [box.x, box.y, box.w, box.h].map(Math.round);
      const what = this.proposal ? 'Proposed' : 'Box';
      this.session.say(`${what}: ${box.label}, ${w} × ${h} px at ${x}, ${y}.`);
    }
  }
}

/** The fields that travel; a record holds more. */
function plain({ id, label, x, y, w, h, difficult, truncated, source }: Box): Box {
  const known = ['human', 'model', 'model, edited', 'copied'].includes(source);
  return { id, label, x, y, w, h, difficult, truncated, source: known ? source : 'human' };
}
