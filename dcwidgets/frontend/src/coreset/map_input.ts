import { h } from '../shared/dom';
import { button } from '../shared/controls';
import type { CoresetMap } from './map';
import { isArrow, nearest, neighbour, within } from './points';

/** A pointer this many pixels away still means a picture. */
const REACH = 14;
/** A press that moves less is a click. */
const STILL = 4;
const STEP = 1.5;

/** Pointer and keys of the map: what they do is on its bar, too. */
export class MapInput {
  readonly bar = h('div', { class: 'dcw-cx-bar', role: 'toolbar', 'aria-label': 'Map' });
  private from: { x: number; y: number; moved: boolean } | null = null;
  private drawing = false;
  private readonly modes: HTMLButtonElement[];

  constructor(private readonly map: CoresetMap) {
    const { canvas } = map;
    this.modes = [
      button(this.bar, 'Move', () => this.draw(false), 'Drag moves the map; Shift+drag selects'),
      button(this.bar, 'Lasso', () => this.draw(true), 'Drag around pictures to select them (L)'),
    ];
    button(this.bar, '+', () => this.magnify(STEP), 'Magnify (+)').ariaLabel = 'Magnify';
    button(this.bar, '−', () => this.magnify(1 / STEP), 'Shrink (-)').ariaLabel = 'Shrink';
    button(this.bar, 'All', () => this.reset(), 'Show the whole map (0)');
    button(this.bar, 'Select view', () => this.selectView(), 'Select what the map shows (V)');
    this.draw(false);
    canvas.addEventListener('pointerdown', (event) => this.press(event));
    canvas.addEventListener('pointermove', (event) => this.move(event));
    canvas.addEventListener('pointerup', (event) => this.release(event));
    canvas.addEventListener('pointercancel', () => this.stop());
    canvas.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    canvas.addEventListener('dblclick', (event) => this.magnify(2 * STEP, ...this.at(event)));
    canvas.addEventListener('keydown', (event) => this.key(event));
    canvas.addEventListener('focus', () => map.state.current < 0 && map.state.lookAt(0));
  }

  private draw(on: boolean): void {
    this.drawing = on;
    this.modes.forEach((mode, at) => mode.setAttribute('aria-pressed', String((at === 1) === on)));
    this.map.canvas.dataset['mode'] = on ? 'lasso' : 'move';
  }

  private at(event: MouseEvent): [number, number] {
    const box = this.map.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  private press(event: PointerEvent): void {
    if (event.button) {
      return;
    }
    const [x, y] = this.at(event);
    this.from = { x, y, moved: false };
    this.map.canvas.setPointerCapture(event.pointerId);
    this.map.lasso = this.drawing || event.shiftKey ? [[x, y]] : [];
  }

  private move(event: PointerEvent): void {
    const [x, y] = this.at(event);
    const { from, map } = this;
    if (!from) {
      const row = nearest(map.screen, x, y, REACH);
      if (row >= 0) {
        map.state.lookAt(row);
      }
      return;
    }
    from.moved ||= Math.hypot(x - from.x, y - from.y) > STILL;
    if (!from.moved) {
      return;
    }
    if (map.lasso.length) {
      map.lasso.push([x, y]);
    } else {
      map.view.pan(x - from.x, y - from.y);
      [from.x, from.y] = [x, y];
    }
    map.refresh();
  }

  private release(event: PointerEvent): void {
    const { from, map } = this;
    if (!from) {
      return;
    }
    const more = event.ctrlKey || event.metaKey;
    if (from.moved && map.lasso.length) {
      map.selection.choose(within(map.screen, map.lasso), more);
    } else if (!from.moved) {
      this.click(nearest(map.screen, from.x, from.y, REACH), more);
    }
    this.stop();
  }

  private click(row: number, more: boolean): void {
    const { selection, state } = this.map;
    if (row < 0) {
      return;
    }
    state.lookAt(row);
    if (more) {
      selection.toggle(row);
    } else {
      selection.choose([row]);
    }
  }

  private stop(): void {
    this.from = null;
    this.map.lasso = [];
    this.map.refresh();
  }

  /** The wheel scrolls the notebook, unless the map has the focus or Ctrl is held. */
  private wheel(event: WheelEvent): void {
    if (event.ctrlKey || document.activeElement === this.map.canvas) {
      event.preventDefault();
      event.stopPropagation();
      this.magnify(Math.exp(-event.deltaY / 400), ...this.at(event));
    }
  }

  private magnify(factor: number, left?: number, top?: number): void {
    this.map.view.magnify(factor, left, top);
    this.map.refresh();
  }

  private reset(): void {
    this.map.view.reset();
    this.map.refresh();
  }

  private selectView(): void {
    this.map.selection.choose(this.map.visible());
  }

  private key(event: KeyboardEvent): void {
    const { state, selection, view } = this.map;
    const keys: Record<string, () => void> = {
      '+': () => this.magnify(STEP),
      '=': () => this.magnify(STEP),
      '-': () => this.magnify(1 / STEP),
      '0': () => this.reset(),
      l: () => this.draw(!this.drawing),
      v: () => this.selectView(),
      ' ': () => state.current >= 0 && selection.toggle(state.current),
      Escape: () => selection.clear(),
    };
    const act = keys[event.key.toLowerCase()] ?? keys[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey || (!act && !isArrow(event.key))) {
      return;
    }
    event.preventDefault();
    if (isArrow(event.key)) {
      const row = neighbour(this.map.screen, Math.max(0, state.current), event.key);
      const { points } = state.content;
      state.lookAt(row);
      const [x, y] = [this.map.screen[2 * row]!, this.map.screen[2 * row + 1]!];
      if (x < 0 || y < 0 || x > view.width || y > view.height) {
        view.centre(points[2 * row]!, points[2 * row + 1]!);
        this.map.refresh();
      }
    } else {
      act?.();
    }
  }
}
