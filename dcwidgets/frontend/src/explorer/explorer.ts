import type { AnyModel } from '@anywidget/types';

import { status } from '../shared/controls';
import { h, ownKeys } from '../shared/dom';
import { newestWins, type Reply } from '../shared/requests';
import { Asking } from './asking';
import { Details } from './details';
import { adder, toggle } from './foot';
import { History } from './history';
import { listenToKeys } from './keys';
import { fit } from './layout';
import type { View } from './painting';
import { Pins } from './pins';
import { presetName, same } from './policy';
import { Rest } from './rest';
import { Safety } from './safety';
import { Stage } from './stage';
import { Steps } from './steps';
import { TextPanel } from './texts';
import { randomSeed, toolbar } from './toolbar';
import type { Chip, DrawAsk, Drawn, Moment, Pictures, PinRow, Recipe, State, Told } from './types';
import { viewBar } from './viewbar';

const PATIENCE = 180_000; // the first draw imports TensorFlow, and a kernel may be training
const LATE = 1_500;
const REST = 150;
const LONG_REST = 800; // label safety costs the kernel some hundred milliseconds
const WARP = 'Interpolate once for neighbouring geometric layers: sharper and faster';

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

  private readonly history;
  private readonly stage;
  private readonly steps;
  private readonly bar;
  private readonly views;
  private readonly warp;
  private readonly texts;
  private readonly details;
  private readonly pins;
  private readonly safety;
  private readonly rest;
  private readonly longRest;
  private readonly asking;
  private readonly say;
  private readonly facts = h('span', { class: 'dcw-ax-facts' });
  private readonly body = h('div', { class: 'dcw-ax-body' });
  private readonly ask: (ask: DrawAsk) => void;
  private readonly askPictures: (ask: { turn: number }) => void;
  private late: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;
  private painted = false;
  private waiting = false;
  private endsShown = '';
  private pinsAsked = false;

  constructor(
    private readonly model: AnyModel<State>,
    signal: AbortSignal
  ) {
    this.about = model.get('_about');
    this.chips = this.base = model.get('_chips');
    this.fuse = model.get('_fuse');
    this.seed = model.get('seed');
    this.turn = model.get('_turn');
    this.history = new History<Moment>(this.moment);
    const foot = h('div', { class: 'dcw-ax-foot' });
    this.say = status(foot);
    foot.append(this.facts);
    const refuse = (reason: string): void => this.complain(reason);
    this.stage = new Stage(this.about, {
      look: (tile) => this.details.look(tile),
      pin: (tile) => this.pin(tile),
    });
    this.details = new Details({
      cells: this.stage.cells,
      labels: () => this.stage.labels,
      showBoxes: (boxes) => this.stage.showBoxes(boxes),
      refuse,
      nudge: () => this.rest.nudge(),
    });
    this.steps = new Steps({
      about: this.about,
      change: (chips, source) => this.commit({ chips }, source),
      refuse,
      say: this.say,
    });
    this.bar = toolbar({
      about: this.about,
      preset: (name) => this.open(this.about.presets[name] ?? [], this.fuse),
      seed: (seed, typed) => this.reseed(seed, typed ? 'seed' : ''),
      refuse,
      undo: () => this.travel(this.history.undo(), 'Undone.', 'Nothing to undo.'),
      redo: () => this.travel(this.history.redo(), 'Redone.', 'Nothing to redo.'),
    });
    this.views = viewBar({
      about: this.about,
      view: (view) => this.showView(view),
      boxes: (shown) => this.followBoxes(shown),
      otherPictures: () => this.show(this.turn + 1),
      originals: (shown) => this.holdOriginals(shown),
    });
    this.warp = toggle('Geometry in one warp', WARP, (fuse) => this.commit({ fuse }));
    this.texts = new TextPanel({
      say: this.say,
      nudge: () => this.rest.nudge(),
      read: (text) => this.read(text),
    });
    this.pins = new Pins({
      show: (pin) => this.showPin(pin),
      remove: (number) => void this.attempt(() => this.asking.unpin(number)),
    });
    this.safety = new Safety(this.about.model);
    this.asking = new Asking(model, signal);
    const attempt = (act: () => Promise<void>) => () => this.attempt(act);
    this.rest = new Rest(
      REST,
      [
        attempt(() => this.askPins()),
        attempt(() => this.askDetails()),
        attempt(() => this.askEnds()),
        attempt(() => this.askTexts()),
        () => this.stage.count(),
      ],
      signal
    );
    this.longRest = new Rest(LONG_REST, [attempt(() => this.askSafety())], signal);
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
    this.build(foot);
    this.listen(signal);
    ownKeys(this.root); // R, Space and arrows are ours, not JupyterLab's
  }

  private get recipe(): Recipe {
    return { chips: this.chips, fuse: this.fuse, seed: this.seed };
  }

  private get moment(): Moment {
    return { ...this.recipe, base: this.base };
  }

  start(): void {
    this.steps.open(this.chips);
    this.views.showView(this.view);
    this.refresh();
    this.wait('Loading the layers: TensorFlow takes some seconds the first time.');
    this.askPictures({ turn: this.turn }); // the draws follow when these are there
  }

  private build(foot: HTMLElement): void {
    const add = adder(
      this.about,
      () => this.chips,
      (chip) => this.add(chip),
      (reason) => this.complain(reason)
    );
    const panel = h('div', { class: 'dcw-ax-panel' }, this.steps.node, add, this.warp.node);
    const stage = h('div', { class: 'dcw-ax-stage' }, this.views.node, this.stage.node);
    const { charts } = this.stage;
    stage.append(charts.node, this.details.node, foot, this.safety.node, this.pins.node);
    this.body.append(panel, stage);
    const parts = [this.bar.node, this.body, this.texts.node];
    this.root.append(h('div', { class: 'dcw-explorer' }, ...parts));
    const { root } = this;
    listenToKeys(root, {
      originals: (shown) => this.holdOriginals(shown),
      newSeed: () => this.reseed(randomSeed(this.about.largestSeed)),
      difference: () => this.showView(this.view === 'difference' ? 'draws' : 'difference'),
      histograms: () => this.showView(this.view === 'histograms' ? 'draws' : 'histograms'),
      boxes: () => this.followBoxes(!this.boxes),
      undo: () => this.travel(this.history.undo(), 'Undone.', 'Nothing to undo.'),
      redo: () => this.travel(this.history.redo(), 'Redone.', 'Nothing to redo.'),
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
      if (model.get('seed') !== this.seed) {
        this.reseed(model.get('seed'));
      }
      this.adopt(model.get('_chips'), model.get('_fuse'));
    };
    model.on('msg:custom', told);
    model.on('change', changed);
    this.root.addEventListener('pointerdown', () => this.history.hold());
    window.addEventListener('pointerup', () => this.history.release(), { signal });
    const observer = watchWidth(this.body, (width) => {
      const { layout, stacked } = fit(this.about, width);
      this.body.dataset['stacked'] = String(stacked);
      this.body.style.setProperty('--dcw-ax-stage', `${layout.width}px`);
      this.stage.lay(layout);
    });
    signal.addEventListener('abort', () => {
      model.off('msg:custom', told);
      model.off('change', changed);
      observer?.disconnect();
      clearTimeout(this.late);
      this.stage.close();
      this.steps.close();
      this.pins.close();
    });
  }

  private hear(message: Told, buffers: DataView[]): void {
    if (message.event === 'policy') {
      this.adopt(message.chips, message.fuse);
    } else if (message.event === 'turn') {
      this.show(message.turn);
    } else if (message.event === 'pins') {
      this.pins.take(message, buffers[0]);
      this.markPins();
    } else {
      this.safety.take(message);
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
    this.steps.open(chips);
    this.commit({ chips, fuse, seed });
  }

  private add(chip: Chip): void {
    const chips = [...this.chips, chip];
    this.steps.show(chips);
    this.steps.reveal(chip.key);
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
      this.note(nothing);
      return;
    }
    const { base, ...recipe } = moment;
    Object.assign(this, recipe);
    if (base === this.base) {
      this.steps.show(this.chips);
    } else {
      this.base = base;
      this.steps.open(base, this.chips);
    }
    this.note(done);
    this.changed();
  }

  private changed(): void {
    this.refresh();
    this.markPins();
    this.safety.stale();
    this.draw();
  }

  private reseed(seed: number, source = ''): void {
    this.commit({ seed }, source);
    this.tell();
    this.note(`Seed ${seed}.`);
  }

  private show(turn: number): void {
    this.turn = turn;
    this.rest.disturb();
    this.askPictures({ turn });
  }

  private holdOriginals(shown: boolean): void {
    if (shown !== this.originalsHeld) {
      this.originalsHeld = shown;
      this.stage.showOriginals(shown);
      this.views.showOriginals(shown);
    }
  }

  private showView(view: View): void {
    this.view = view;
    this.views.showView(view);
    this.stage.showView(view);
    this.rest.nudge();
  }

  private followBoxes(shown: boolean): void {
    if (this.about.boxes) {
      this.boxes = shown;
      this.views.showBoxes(shown);
      this.details.follow(shown);
    }
  }

  private refresh(): void {
    this.bar.showPreset(presetName(this.chips, this.about));
    this.bar.showSeed(this.seed);
    this.bar.showHistory(this.history.canUndo, this.history.canRedo);
    this.warp.show(this.fuse);
  }

  private draw(): void {
    this.stage.node.ariaBusy = 'true';
    this.rest.disturb();
    this.longRest.disturb();
    this.details.stale();
    this.ask({ ...this.recipe, n: ++this.asked });
    this.late ??= setTimeout(() => {
      if (this.painted) {
        this.wait('Waiting for the kernel …');
      }
    }, LATE);
  }

  private async takePictures(reply: Pictures, sheet: DataView | undefined): Promise<void> {
    await this.stage.takeOriginals(sheet, reply);
    this.draw();
  }

  private async paint(reply: Drawn, sheet: DataView | undefined): Promise<void> {
    await this.stage.takeDraws(sheet, reply);
    this.quiet();
    if (this.waiting) {
      this.note('');
    }
    const spent = this.painted ? ` in ${Math.round(reply.ms)} ms` : ''; // the first one loads Keras
    this.facts.textContent = `${this.about.pictures * this.about.draws} draws${spent}`;
    this.texts.show(reply.code);
    this.painted = true;
    if (reply.n === this.asked) {
      this.stage.node.ariaBusy = 'false'; // nothing newer waits
      this.rest.settle();
      this.longRest.settle();
    }
    this.tell();
  }

  private async askPins(): Promise<void> {
    if (!this.pinsAsked) {
      this.pinsAsked = true;
      const { reply, sheet } = await this.asking.pins();
      this.pins.take(reply, sheet);
      this.stage.cells.describe(this.stage.labels, []);
      this.markPins();
    }
  }

  private async askDetails(): Promise<void> {
    if (this.details.wanted) {
      const { asked } = this;
      const found = await this.asking.details(this.recipe, this.turn);
      if (asked === this.asked) {
        this.details.take(found);
      }
    }
  }

  private async askEnds(): Promise<void> {
    const shown = JSON.stringify([this.turn, this.chips]);
    if (shown !== this.endsShown || this.steps.lacksEnds) {
      const { reply, sheet } = await this.asking.ends(this.chips, this.turn);
      this.endsShown = shown;
      this.steps.takeEnds(reply, sheet);
    }
  }

  private async askTexts(): Promise<void> {
    if (this.texts.wanted) {
      this.texts.take(await this.asking.texts(this.recipe));
    }
  }

  private async askSafety(): Promise<void> {
    if (this.safety.wanted) {
      await this.asking.safety(this.recipe, this.safety.ask());
    }
  }

  private async read(text: string): Promise<string> {
    try {
      const { chips, fuse } = await this.asking.read(text, this.seed);
      this.open(chips, fuse);
      return '';
    } catch (error) {
      return reason(error);
    }
  }

  private pin(tile: number): void {
    const pinned = this.pins.rows.find((row) => row.tile === tile && this.isShown(row));
    void this.attempt(() =>
      pinned ? this.asking.unpin(pinned.number) : this.asking.pin(this.recipe, this.turn, tile)
    );
  }

  private showPin(pin: PinRow): void {
    this.open(pin.chips, pin.fuse, pin.seed);
    this.tell();
    this.note(`Pin ${pin.number}, seed ${pin.seed}.`);
    if (pin.turn !== this.turn) {
      this.show(pin.turn);
    }
  }

  private isShown(row: PinRow): boolean {
    const alike = row.turn === this.turn && row.seed === this.seed && row.fuse === this.fuse;
    return alike && same(row.chips, this.chips);
  }

  private markPins(): void {
    const tiles = this.pins.rows.filter((row) => this.isShown(row)).map((row) => row.tile);
    this.stage.cells.mark(new Set(tiles));
  }

  /** Keep the state in the model: for other views, and for a saved notebook. */
  private tell(): void {
    this.model.set('_chips', this.chips);
    this.model.set('_fuse', this.fuse);
    this.model.set('seed', this.seed);
    this.model.save_changes();
  }

  private async attempt(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.complain(reason(error));
    }
  }

  private note(message: string): void {
    this.waiting = false;
    delete this.root.dataset['trouble'];
    this.say(message);
  }

  /** Say what holds until the next picture. */
  private wait(message: string): void {
    this.note(message);
    this.waiting = true;
  }

  private complain(reason: string): void {
    this.quiet();
    this.stage.node.ariaBusy = 'false';
    this.wait(reason);
    this.root.dataset['trouble'] = 'true';
  }

  private quiet(): void {
    clearTimeout(this.late);
    this.late = undefined;
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Call back with the width of an element, now and whenever it changes. */
function watchWidth(node: HTMLElement, act: (width: number) => void): ResizeObserver | null {
  if (typeof ResizeObserver === 'undefined') {
    return null; // only outside browsers
  }
  const observer = new ResizeObserver(([entry]) => {
    const width = entry?.contentRect.width ?? 0;
    if (width > 0) {
      act(width); // 0 while the notebook is hidden
    }
  });
  observer.observe(node);
  return observer;
}
