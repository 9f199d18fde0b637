import type { AnyModel } from '@anywidget/types';

import { h, ownKeys } from '../shared/dom';
import { newestWins, type Reply } from '../shared/requests';
import { Asking } from './asking';
import { History } from './history';
import { listenToKeys } from './keys';
import { fit, watchWidth } from './layout';
import { Notes, reasonOf } from './notes';
import type { View } from './painting';
import { type Actions, Parts } from './parts';
import { presetName, same } from './policy';
import { Resting } from './resting';
import { randomSeed } from './toolbar';
import type { Chip, DrawAsk, Drawn, Moment, Pictures, PinRow, Recipe, State, Told } from './types';

const PATIENCE = 180_000; // the first draw imports TensorFlow, and a kernel may be training

/** The augmentation explorer: its parts, and what happens between them. */
export class Explorer {
  readonly root = h('div', {
    class: 'dcw-root',
    role: 'region',
    'aria-label': 'Augmentation explorer',
  });
  private readonly about;
  private chips: Chip[];
  private base: Chip[];
  private fuse: boolean;
  private seed: number;
  private turn: number;
  private view: View = 'draws';
  private boxes = false;
  private originalsHeld = false;

  private readonly history: History<Moment>;
  private readonly notes = new Notes(this.root);
  private readonly parts: Parts;
  private readonly asking: Asking;
  private readonly resting: Resting;
  private readonly ask: (ask: DrawAsk) => void;
  private readonly askPictures: (ask: { turn: number }) => void;
  private asked = 0;
  private painted = false;
  private telling = false;

  constructor(
    private readonly model: AnyModel<State>,
    signal: AbortSignal
  ) {
    this.about = model.get('_about');
    this.chips = this.base = model.get('_chips');
    this.fuse = model.get('_fuse');
    this.seed = model.get('seed');
    this.turn = model.get('_turn');
    this.history = new History(this.moment);
    this.parts = new Parts(this.about, this.actions(), this.notes);
    this.asking = new Asking(model, signal);
    this.resting = this.restingParts(signal);
    const refuse = (reason: string): void => this.complain(reason);
    this.ask = newestWins<DrawAsk, Drawn>(
      model,
      'draw',
      (reply, [sheet]) => this.paint(reply, sheet),
      refuse,
      signal,
      PATIENCE
    );
    this.askPictures = newestWins<{ turn: number }, Pictures>(
      model,
      'pictures',
      (reply, [sheet]) => this.takePictures(reply, sheet),
      refuse,
      signal,
      PATIENCE
    );
    this.root.append(this.parts.frame());
    this.listen(signal);
    this.listenToUser(signal);
  }

  private actions(): Actions {
    return {
      chips: () => this.chips,
      commit: (change, source) => this.commit(change, source),
      add: (chip) => this.add(chip),
      preset: (name) => this.open(this.about.presets[name] ?? [], this.fuse),
      reseed: (seed, source) => this.reseed(seed, source),
      undo: () => this.travel(this.history.undo(), 'Undone.', 'Nothing to undo.'),
      redo: () => this.travel(this.history.redo(), 'Redone.', 'Nothing to redo.'),
      view: (view) => this.showView(view),
      boxes: (shown) => this.followBoxes(shown),
      originals: (shown) => this.holdOriginals(shown),
      otherPictures: () => this.show(this.turn + 1),
      pin: (tile) => this.pin(tile),
      showPin: (pin) => this.showPin(pin),
      reveal: (guess, n) => void this.reveal(guess, n),
      unpin: (number) => void this.attempt(() => this.asking.unpin(number)),
      read: (json) => this.read(json),
      refuse: (reason) => this.complain(reason),
      nudge: () => this.resting.nudge(),
    };
  }

  private restingParts(signal: AbortSignal): Resting {
    const host = {
      parts: this.parts,
      recipe: () => this.recipe,
      turn: () => this.turn,
      markPins: () => this.markPins(),
      attempt: (act: () => Promise<void>) => this.attempt(act),
    };
    return new Resting(this.asking, host, signal);
  }

  private get recipe(): Recipe {
    return { chips: this.chips, fuse: this.fuse, seed: this.seed };
  }

  private get moment(): Moment {
    return { ...this.recipe, base: this.base };
  }

  start(): void {
    this.parts.steps.open(this.chips);
    this.parts.views.showView(this.view);
    this.refresh();
    this.notes.wait('Loading the layers: TensorFlow takes some seconds the first time.');
    this.askPictures({ turn: this.turn }); // the draws follow when these are there
  }

  /** Listen to keys and the pointer, and to the width that there is. */
  private listenToUser(signal: AbortSignal): void {
    const { undo, redo, originals } = this.actions();
    listenToKeys(this.root, {
      ...{ undo, redo, originals },
      newSeed: () => this.reseed(randomSeed(this.about.largestSeed)),
      difference: () => this.showView(this.view === 'difference' ? 'draws' : 'difference'),
      histograms: () => this.showView(this.view === 'histograms' ? 'draws' : 'histograms'),
      boxes: () => this.followBoxes(!this.boxes),
    });
    ownKeys(this.root); // R, Space and arrows are ours, not JupyterLab's
    this.root.addEventListener('pointerdown', () => this.history.hold());
    window.addEventListener('pointerup', () => this.history.release(), { signal });
    const { body, stage } = this.parts;
    watchWidth(body, signal, (width) => {
      const { layout, stacked } = fit(this.about, width);
      body.dataset['stacked'] = String(stacked);
      body.style.setProperty('--dcw-ax-stage', `${layout.width}px`);
      stage.lay(layout);
    });
  }

  private listen(signal: AbortSignal): void {
    const { model } = this;
    const told = (message: Told | Reply, buffers: DataView[]): void => {
      if ('event' in message) {
        this.hear(message, buffers); // else it is an answer
      }
    };
    const changed = (): void => {
      if (this.telling) {
        return;
      }
      if (model.get('seed') !== this.seed) {
        this.reseed(model.get('seed'));
      }
      this.adopt(model.get('_chips'), model.get('_fuse'));
    };
    model.on('msg:custom', told);
    model.on('change', changed);
    signal.addEventListener('abort', () => {
      model.off('msg:custom', told);
      model.off('change', changed);
      this.parts.close();
    });
  }

  private hear(message: Told, buffers: DataView[]): void {
    if (message.event === 'policy') {
      this.adopt(message.chips, message.fuse);
    } else if (message.event === 'turn') {
      this.show(message.turn);
    } else if (message.event === 'pins') {
      this.parts.pins.take(message, buffers[0]);
      this.markPins();
    } else if (message.event === 'safety') {
      this.parts.safety.take(message);
    } else {
      this.parts.effect.take(message);
    }
  }

  /** Take over what Python or another view of this widget set. */
  private adopt(chips: Chip[], fuse: boolean): void {
    if (!same(chips, this.chips) || fuse !== this.fuse) {
      const foreign = [...this.chips, ...chips].some((chip) => chip.own);
      this.open(chips, fuse);
      if (foreign) {
        this.history.clear(this.moment); // one's own layers are gone with their policy
        this.refresh();
      }
    }
  }

  /** Show another policy, from a preset, from JSON or from Python. */
  private open(chips: Chip[], fuse: boolean, seed = this.seed): void {
    this.base = chips;
    this.parts.steps.open(chips);
    this.commit({ chips, fuse, seed });
  }

  private add(chip: Chip): void {
    const chips = [...this.chips, chip];
    this.parts.steps.show(chips);
    this.parts.steps.reveal(chip.key);
    this.commit({ chips });
  }

  /** Change what decides the draws, keep what was before, and draw. */
  private commit(change: Partial<Recipe>, source = ''): void {
    Object.assign(this, change);
    this.history.record(this.moment, source);
    this.changed();
  }

  private travel(moment: Moment | null, done: string, nothing: string): void {
    if (!moment) {
      this.notes.note(nothing);
      return;
    }
    const { base, ...recipe } = moment;
    Object.assign(this, recipe);
    if (base === this.base) {
      this.parts.steps.show(this.chips);
    } else {
      this.base = base;
      this.parts.steps.open(base, this.chips);
    }
    this.notes.note(done);
    this.changed();
  }

  private changed(): void {
    this.refresh();
    this.markPins();
    this.parts.safety.stale();
    this.draw();
  }

  private reseed(seed: number, source = ''): void {
    this.commit({ seed }, source);
    this.tell();
    this.notes.note(`Seed ${seed}.`);
  }

  private show(turn: number): void {
    this.turn = turn;
    this.resting.disturb();
    this.askPictures({ turn });
  }

  private holdOriginals(shown: boolean): void {
    if (shown !== this.originalsHeld) {
      this.originalsHeld = shown;
      this.parts.stage.showOriginals(shown);
      this.parts.views.showOriginals(shown);
    }
  }

  private showView(view: View): void {
    this.view = view;
    this.parts.views.showView(view);
    this.parts.stage.showView(view);
    this.resting.nudge();
  }

  private followBoxes(shown: boolean): void {
    if (this.about.boxes) {
      this.boxes = shown;
      this.parts.views.showBoxes(shown);
      this.parts.details.follow(shown);
    }
  }

  private refresh(): void {
    this.parts.bar.showPreset(presetName(this.chips, this.about));
    this.parts.bar.showSeed(this.seed);
    this.parts.bar.showHistory(this.history.canUndo, this.history.canRedo);
    this.parts.warp.show(this.fuse);
  }

  private draw(): void {
    this.parts.stage.node.ariaBusy = 'true';
    this.resting.disturb();
    this.parts.details.stale();
    this.ask({ ...this.recipe, n: ++this.asked });
    if (this.painted) {
      this.notes.expect('Waiting for the kernel …');
    }
  }

  private async takePictures(reply: Pictures, sheet: DataView | undefined): Promise<void> {
    await this.parts.stage.takeOriginals(sheet, reply);
    this.draw();
  }

  private async paint(reply: Drawn, sheet: DataView | undefined): Promise<void> {
    await this.parts.stage.takeDraws(sheet, reply);
    this.notes.arrived();
    const spent = this.painted ? ` in ${Math.round(reply.ms)} ms` : ''; // the first one loads Keras
    this.notes.facts.textContent = `${this.about.pictures * this.about.draws} draws${spent}`;
    this.parts.texts.show(reply.code);
    this.painted = true;
    if (reply.n === this.asked) {
      this.parts.stage.node.ariaBusy = 'false'; // nothing newer waits
      this.resting.settle();
    }
    this.tell();
  }

  private async read(text: string): Promise<string> {
    try {
      const { chips, fuse } = await this.asking.read(text, this.seed);
      this.open(chips, fuse);
      return '';
    } catch (error) {
      return reasonOf(error);
    }
  }

  private pin(tile: number): void {
    const pinned = this.parts.pins.rows.find((row) => row.tile === tile && this.isShown(row));
    void this.attempt(() =>
      pinned ? this.asking.unpin(pinned.number) : this.asking.pin(this.recipe, this.turn, tile)
    );
  }

  private async reveal(guess: string, n: number): Promise<void> {
    try {
      await this.asking.effect(this.recipe, guess, n);
    } catch (error) {
      this.parts.effect.refused();
      this.complain(reasonOf(error));
    }
  }

  private showPin(pin: PinRow): void {
    this.open(pin.chips, pin.fuse, pin.seed);
    this.tell();
    this.notes.note(`Pin ${pin.number}, seed ${pin.seed}.`);
    if (pin.turn !== this.turn) {
      this.show(pin.turn);
    }
  }

  private isShown(row: PinRow): boolean {
    const alike = row.turn === this.turn && row.seed === this.seed && row.fuse === this.fuse;
    return alike && same(row.chips, this.chips);
  }

  private markPins(): void {
    const tiles = this.parts.pins.rows.filter((row) => this.isShown(row)).map((row) => row.tile);
    this.parts.stage.cells.mark(new Set(tiles));
  }

  /** Keep the state in the model: for other views, and for a saved notebook. */
  private tell(): void {
    // Each of these is a change to listen to, and only after the last one all fit together.
    this.telling = true;
    this.model.set('_chips', this.chips);
    this.model.set('_fuse', this.fuse);
    this.model.set('seed', this.seed);
    this.telling = false;
    this.model.save_changes();
  }

  private complain(reason: string): void {
    this.parts.stage.node.ariaBusy = 'false';
    this.notes.complain(reason);
  }

  private async attempt(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.complain(reasonOf(error));
    }
  }
}
