import { h } from '../shared/dom';
import { Details } from './details';
import { Effect } from './effect';
import { adder, type Switch, toggle } from './foot';
import type { Notes } from './notes';
import type { View } from './painting';
import { Pins } from './pins';
import { Safety } from './safety';
import { Stage } from './stage';
import { Steps } from './steps';
import { TextPanel } from './texts';
import { type Toolbar, toolbar } from './toolbar';
import type { About, Chip, PinRow, Recipe } from './types';
import { type ViewBar, viewBar } from './viewbar';

const WARP = 'Interpolate once for neighbouring geometric layers: sharper and faster';

/** What the parts of the explorer have done when they are used. */
export interface Actions {
  chips: () => readonly Chip[];
  /** Change what decides the draws; changes by the same `source` are one gesture. */
  commit: (change: Partial<Recipe>, source?: string) => void;
  add: (chip: Chip) => void;
  preset: (name: string) => void;
  reseed: (seed: number, source?: string) => void;
  undo: () => void;
  redo: () => void;
  view: (view: View) => void;
  boxes: (shown: boolean) => void;
  originals: (shown: boolean) => void;
  otherPictures: () => void;
  pin: (tile: number) => void;
  showPin: (pin: PinRow) => void;
  unpin: (number: number) => void;
  /** Measure what the policy does to the score, which was guessed. */
  reveal: (guess: string, n: number) => void;
  /** Read a policy from JSON; resolves to '' or to what is wrong with it. */
  read: (json: string) => Promise<string>;
  refuse: (reason: string) => void;
  /** Something is wanted that is asked for at rest. */
  nudge: () => void;
}

/** The parts of the explorer, and where they stand. */
export class Parts {
  readonly stage: Stage;
  readonly details: Details;
  readonly steps: Steps;
  readonly bar: Toolbar;
  readonly views: ViewBar;
  readonly warp: Switch;
  readonly texts: TextPanel;
  readonly pins: Pins;
  readonly safety: Safety;
  readonly effect: Effect;
  readonly body = h('div', { class: 'dcw-ax-body' });

  constructor(
    private readonly about: About,
    private readonly actions: Actions,
    private readonly notes: Notes
  ) {
    const { commit, refuse, nudge, pin, showPin, unpin, read } = actions;
    const { say } = notes;
    this.stage = new Stage(about, { look: (tile) => this.details.look(tile), pin });
    this.details = new Details({
      cells: this.stage.cells,
      labels: () => this.stage.labels,
      showBoxes: (boxes) => this.stage.showBoxes(boxes),
      refuse,
      nudge,
    });
    const change = (chips: Chip[], source?: string): void => commit({ chips }, source);
    this.steps = new Steps({ about, change, refuse, say });
    this.bar = toolbar({ ...actions, about, seed: actions.reseed });
    this.views = viewBar({ ...actions, about });
    this.warp = toggle('Geometry in one warp', WARP, (fuse) => commit({ fuse }));
    this.texts = new TextPanel({ say, nudge, read });
    this.pins = new Pins({ show: showPin, remove: unpin });
    this.safety = new Safety(about.model);
    this.effect = new Effect(about.guesses, actions.reveal);
  }

  /** Put the parts together; the toolbar comes first, as the first stop for Tab. */
  frame(): HTMLElement {
    const { about, actions, stage } = this;
    const add = adder(about, actions.chips, actions.add, actions.refuse);
    this.warp.node.classList.add('dcw-ax-warp');
    this.body.append(
      h('div', { class: 'dcw-ax-panel' }, this.steps.node, add, this.warp.node),
      h(
        'div',
        { class: 'dcw-ax-stage' },
        ...[this.views.node, stage.node, stage.charts.node, this.details.node],
        ...[this.notes.node, this.safety.node],
        ...[this.effect.node, this.pins.node]
      )
    );
    return h('div', { class: 'dcw-explorer' }, this.bar.node, this.body, this.texts.node);
  }

  close(): void {
    this.notes.quiet();
    this.stage.close();
    this.steps.close();
    this.pins.close();
  }
}
