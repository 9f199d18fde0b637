import type { AnyModel, Render } from '@anywidget/types';

import '../shared/base.css';
import '../explorer/explorer.css';
import { adder, codePanel, warpSwitch } from '../explorer/foot';
import { listenToKeys } from '../explorer/keys';
import { presetName, same } from '../explorer/policy';
import { Stage } from '../explorer/stage';
import { Steps } from '../explorer/steps';
import { randomSeed, toolbar } from '../explorer/toolbar';
import type { Chip, DrawAsk, Drawn, Pictures, State, Told } from '../explorer/types';
import { status } from '../shared/controls';
import { h, ownKeys } from '../shared/dom';
import { newestWins, type Reply } from '../shared/requests';

const PATIENCE = 180_000; // the first draw imports TensorFlow, and a kernel may be training
const LATE = 1_500;

const render: Render<State> = ({ model, el, signal }) => {
  const explorer = new Explorer(model, signal);
  el.append(explorer.root);
  explorer.start();
};

class Explorer {
  readonly root = h('div', {
    class: 'dcw-root',
    role: 'region',
    'aria-label': 'Augmentation explorer',
  });
  private readonly about;
  private chips: Chip[];
  private fuse: boolean;
  private seed: number;
  private turn: number;
  private originalsHeld = false;

  private readonly stage;
  private readonly steps;
  private readonly bar;
  private readonly warp;
  private readonly code;
  private readonly say;
  private readonly facts = h('span', { class: 'dcw-ax-facts' });
  private readonly ask: (ask: DrawAsk) => void;
  private readonly askPictures: (ask: { turn: number }) => void;
  private late: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;
  private painted = false;
  private waiting = false;

  constructor(
    private readonly model: AnyModel<State>,
    signal: AbortSignal
  ) {
    this.about = model.get('_about');
    this.chips = model.get('_chips');
    this.fuse = model.get('_fuse');
    this.seed = model.get('seed');
    this.turn = model.get('_turn');
    const foot = h('div', { class: 'dcw-ax-foot' });
    this.say = status(foot);
    foot.append(this.facts);
    const refuse = (reason: string): void => this.complain(reason);
    this.stage = new Stage(this.about);
    this.steps = new Steps({
      about: this.about,
      change: (chips) => this.change(chips),
      refuse,
      say: this.say,
    });
    this.bar = toolbar({
      about: this.about,
      preset: (name) => this.open(this.about.presets[name] ?? [], this.fuse),
      seed: (seed) => this.reseed(seed),
      refuse,
      otherPictures: () => this.show(this.turn + 1),
      originals: (shown) => this.holdOriginals(shown),
    });
    this.warp = warpSwitch((on) => this.change(this.chips, on));
    this.code = codePanel(this.say);
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

  start(): void {
    this.steps.open(this.chips);
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
    const stage = h('div', { class: 'dcw-ax-stage' }, this.stage.node, foot);
    const body = h('div', { class: 'dcw-ax-body' }, panel, stage);
    const frame = h('div', { class: 'dcw-explorer' }, this.bar.node, body, this.code.node);
    this.root.append(frame);
    listenToKeys(
      this.root,
      (shown) => this.holdOriginals(shown),
      () => this.reseed(randomSeed(this.about.largestSeed))
    );
  }

  private listen(signal: AbortSignal): void {
    const { model } = this;
    // Python's own changes come as an event; another view of this widget sets the state.
    const adopt = (chips: Chip[], fuse: boolean): void => {
      if (!same(chips, this.chips) || fuse !== this.fuse) {
        this.open(chips, fuse);
      }
    };
    const told = (message: Told | Reply): void => {
      if (!('event' in message)) {
        return; // an answer
      }
      if (message.event === 'policy') {
        adopt(message.chips, message.fuse);
      } else {
        this.show(message.turn);
      }
    };
    const changed = (): void => {
      if (model.get('seed') !== this.seed) {
        this.reseed(model.get('seed'));
      }
      adopt(model.get('_chips'), model.get('_fuse'));
    };
    model.on('msg:custom', told);
    model.on('change', changed);
    signal.addEventListener('abort', () => {
      model.off('msg:custom', told);
      model.off('change', changed);
      clearTimeout(this.late);
      this.stage.close();
    });
  }

  /** Show another policy, from a preset or from Python. */
  private open(chips: Chip[], fuse: boolean): void {
    this.steps.open(chips);
    this.change(chips, fuse);
  }

  private add(chip: Chip): void {
    const chips = [...this.chips, chip];
    this.steps.show(chips);
    this.steps.reveal(chip.key);
    this.change(chips);
  }

  private change(chips: Chip[], fuse = this.fuse): void {
    this.chips = chips;
    this.fuse = fuse;
    this.refresh();
    this.draw();
  }

  private reseed(seed: number): void {
    this.seed = seed;
    this.refresh();
    this.tell();
    this.note(`Seed ${seed}.`);
    this.draw();
  }

  private show(turn: number): void {
    this.turn = turn;
    this.askPictures({ turn });
  }

  private holdOriginals(shown: boolean): void {
    if (shown !== this.originalsHeld) {
      this.originalsHeld = shown;
      this.stage.showOriginals(shown);
      this.bar.showOriginals(shown);
    }
  }

  private refresh(): void {
    this.bar.showPreset(presetName(this.chips, this.about));
    this.bar.showSeed(this.seed);
    this.warp.show(this.fuse);
  }

  private draw(): void {
    this.stage.node.ariaBusy = 'true';
    this.ask({ chips: this.chips, fuse: this.fuse, seed: this.seed, n: ++this.asked });
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
    if (reply.n === this.asked) {
      this.stage.node.ariaBusy = 'false'; // nothing newer waits
    }
    this.rest();
    if (this.waiting) {
      this.note('');
    }
    const spent = this.painted ? ` in ${Math.round(reply.ms)} ms` : ''; // the first one loads Keras
    this.facts.textContent = `${this.about.pictures * this.about.draws} draws${spent}`;
    this.code.show(reply.code);
    this.painted = true;
    this.tell();
  }

  /** Keep the state in the model: for other views, and for a saved notebook. */
  private tell(): void {
    this.model.set('_chips', this.chips);
    this.model.set('_fuse', this.fuse);
    this.model.set('seed', this.seed);
    this.model.save_changes();
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
    this.rest();
    this.stage.node.ariaBusy = 'false';
    this.wait(reason);
    this.root.dataset['trouble'] = 'true';
  }

  private rest(): void {
    clearTimeout(this.late);
    this.late = undefined;
  }
}

export default { render };
