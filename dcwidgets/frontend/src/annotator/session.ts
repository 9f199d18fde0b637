import type { AnyModel } from '@anywidget/types';

import { Listeners } from '../shared/listeners';
import { Thumbs } from '../shared/thumbs';
import type { Call } from '../shared/calls';
import { caller, latest } from '../shared/calls';
import type { Reply } from '../shared/requests';
import { Gallery } from './gallery';
import { Outbox, shelf, sign } from './outbox';
import { changed, colour, letters, openProposals, stateOf } from './said';
import { Stopwatch } from './stopwatch';
import type {
  Change,
  Looked,
  Opened,
  Picture,
  Proposal,
  Said,
  Saved,
  State,
  Stepped,
  Told,
} from './types';

export interface Traits {
  _at: number;
}

const LOOK_EVERY = 10_000;

/** The queue, the picture on show and the way to the disk. */
export class Session {
  /** Another picture is on show, or it has just arrived. */
  readonly moved = new Listeners();
  /** Something that is shown of this picture, or of the queue, has changed. */
  readonly edited = new Listeners();
  readonly signed = new Listeners();
  readonly watch = new Stopwatch();
  readonly gallery: Gallery;
  readonly thumbs: Thumbs;
  readonly outbox: Outbox;
  states: Uint8Array;
  labels: Uint16Array;
  state: State;
  row: number;
  late = false;
  /** An edit that the hand has not finished. */
  unfinished = false;
  /** Called before anything that must not find an unfinished edit. */
  finish: () => void = () => undefined;
  say: (message: string) => void = () => undefined;
  private readonly lookAgain: (row: number) => void;
  private steps: Promise<void> = Promise.resolve();
  private moves = 0;

  constructor(
    private readonly model: AnyModel<Traits>,
    readonly call: Call,
    readonly opened: Opened,
    buffers: DataView[],
    signal: AbortSignal
  ) {
    this.state = opened;
    this.row = opened.at;
    [this.states, this.labels] = [new Uint8Array(opened.n), new Uint16Array(opened.n)];
    this.takeBoard(buffers);
    const fail = (reason: string): void => this.say(reason);
    this.thumbs = new Thumbs(call, fail);
    this.gallery = new Gallery(call, opened.n, (row) => this.arrived(row), fail);
    this.outbox = new Outbox({
      call,
      shelf: shelf(opened.store),
      saved: (reply) => this.saved(reply),
      refused: ({ picture }, reason) => this.refused(picture, reason),
      told: () => this.signed.tell(),
    });
    this.lookAgain = latest((row: number) => this.look(row));
    this.listen(signal);
  }

  start(): void {
    this.outbox.start();
    this.gallery.show(this.row);
  }

  get picture(): Picture | undefined {
    return this.gallery.get(this.row);
  }

  /** What was said about the picture on show, with what is on its way to the disk. */
  get said(): Said | null {
    return this.saidOf(this.picture);
  }

  get proposals(): Proposal[] {
    const { picture } = this;
    return picture ? openProposals(picture.proposals, this.said) : [];
  }

  /** Classes on offer with the letter and colour of each, which depend on the store alone. */
  get classes(): { name: string; letter: string; colour: string }[] {
    const { known } = this.state;
    const signs = letters(known);
    return this.state.classes.map((name) => {
      const number = known.indexOf(name);
      return { name, letter: signs[number] ?? '?', colour: colour(number) };
    });
  }

  sign(): string {
    return sign(this.outbox, this.late, Date.now(), this.unfinished);
  }

  go(row: number): void {
    this.moves += 1;
    this.show(row);
  }

  private show(row: number): void {
    const to = Math.max(0, Math.min(row, this.opened.n - 1));
    if (to === this.row) {
      return;
    }
    this.finish();
    this.row = to;
    this.watch.start();
    this.gallery.show(to);
    this.model.set('_at', to);
    this.model.save_changes();
    this.moved.tell();
    this.lookAgain(to);
  }

  /** Make an edit of the picture on show; false where there is none. */
  edit(change: Change): boolean {
    const { picture } = this;
    if (!picture) {
      return false;
    }
    this.outbox.add(picture.id, { ...change, spent: this.watch.take() });
    this.states[this.row] = stateOf(this.said);
    this.labels[this.row] = this.state.known.indexOf(this.said?.label ?? '') + 1;
    this.edited.tell();
    return true;
  }

  /** Undo or redo, after everything is on disk. */
  step(type: 'undo' | 'redo'): void {
    this.finish();
    const { moves } = this;
    this.steps = this.steps.then(async () => {
      await this.outbox.settled();
      try {
        const { reply } = await this.call<Stepped>(type);
        this.stepped(type, reply, moves === this.moves);
      } catch (error) {
        this.say(`${type}: ${error instanceof Error ? error.message : String(error)}`);
      }
    });
  }

  async addClass(name: string): Promise<void> {
    const { reply } = await this.call<Reply & State>('class', { name });
    this.takeState(reply);
    this.edited.tell();
  }

  /** Any picture's record that is here, such as the previous one's. */
  async record(row: number): Promise<Said | null> {
    const here = this.gallery.get(row);
    if (here) {
      return this.saidOf(here);
    }
    const { reply } = await this.call<Looked>('look', { row });
    return reply.record;
  }

  private saidOf(picture: Picture | undefined): Said | null {
    const changes = picture ? this.outbox.of(picture.id) : [];
    return changes.reduce<Said | null>(changed, picture?.record ?? null);
  }

  private listen(signal: AbortSignal): void {
    const { model } = this;
    const hear = (told: Told | Reply): void => {
      if ('event' in told) {
        this.told(told);
      }
    };
    const follow = (): void => {
      if (model.get('_at') !== this.row) {
        this.go(model.get('_at')); // Python, or another view; our own change is told here, too
      }
    };
    model.on('msg:custom', hear);
    model.on('change:_at', follow);
    const again = setInterval(() => {
      if (!document.hidden && !this.late) {
        this.lookAgain(this.row);
      }
    }, LOOK_EVERY);
    const tick = setInterval(() => this.signed.tell(), 1_000);
    signal.addEventListener('abort', () => {
      this.finish();
      clearInterval(again);
      clearInterval(tick);
      model.off('msg:custom', hear);
      model.off('change:_at', follow);
      this.outbox.close();
      this.gallery.close();
      this.thumbs.forget();
    });
  }

  private arrived(row: number): void {
    if (row === this.row) {
      this.moved.tell();
    }
  }

  private async look(row: number): Promise<void> {
    try {
      const { reply, buffers } = await this.call<Looked>('look', { row });
      this.gallery.record(reply.picture, reply.record);
      this.takeState(reply);
      this.takeBoard(buffers);
      this.edited.tell();
    } catch (error) {
      this.say(error instanceof Error ? error.message : String(error));
    }
  }

  private told(told: Told): void {
    if (told.picture !== undefined && told.row !== undefined) {
      this.gallery.record(told.picture, told.record ?? null);
    }
    this.takeState(told, told.row);
    this.edited.tell();
  }

  private saved(reply: Saved): void {
    this.gallery.record(reply.picture, reply.record);
    this.takeState(reply);
    this.edited.tell();
  }

  private refused(picture: string, reason: string): void {
    this.say(`Not saved, and given up: ${reason}`);
    if (picture === this.picture?.id) {
      this.states[this.row] = stateOf(this.said);
    }
    this.edited.tell();
  }

  private stepped(type: 'undo' | 'redo', { row, n, ...state }: Stepped, follow: boolean): void {
    this.takeState(state, row ?? undefined);
    if (!n) {
      this.say(`There is nothing to ${type}.`);
    } else if (row === null) {
      this.say(`${type === 'undo' ? 'Undone' : 'Redone'} a change of a picture elsewhere.`);
    } else {
      this.say(`${type === 'undo' ? 'Undone' : 'Redone'}: picture ${row + 1}.`);
      if (follow) {
        this.show(row); // not where the reader has gone on meanwhile
      }
    }
    this.outbox.savedAt = n ? Date.now() : this.outbox.savedAt;
    this.signed.tell();
    this.edited.tell();
  }

  private takeState(state: State, row?: number): void {
    this.state = { ...this.state, ...state };
    if (row !== undefined && state.state !== undefined && state.label !== undefined) {
      this.states[row] = state.state;
      this.labels[row] = state.label;
    }
  }

  private takeBoard([states, labels]: DataView[]): void {
    if (states && labels) {
      this.states.set(new Uint8Array(states.buffer, states.byteOffset, states.byteLength));
      for (let row = 0; row < this.labels.length; row++) {
        this.labels[row] = labels.getUint16(row * 2, true);
      }
    }
  }
}

/** Ask the kernel for the queue. */
export async function openSession(
  model: AnyModel<Traits>,
  signal: AbortSignal,
  waiting: (late: boolean) => void
): Promise<Session> {
  let session: Session | null = null;
  const call = caller(model, signal, (late) => {
    waiting(late);
    if (session) {
      session.late = late;
      session.signed.tell();
    }
  });
  const { reply, buffers } = await call<Opened>('open');
  session = new Session(model, call, reply, buffers, signal);
  return session;
}
