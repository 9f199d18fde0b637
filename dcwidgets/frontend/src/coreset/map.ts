import type { Selection } from '../grid/selection';
import { h, perFrame } from '../shared/dom';
import { onThemeChange, themeColour } from '../shared/theme';
import type { Thumbs } from '../shared/thumbs';
import type { Line } from './points';
import { inView, roomFor } from './points';
import { MapInput } from './map_input';
import { Plate, ring, shapeOf, stamp } from './stamps';
import type { State } from './state';
import { Viewport } from './viewport';

/** Thumbnails in the place of marks from this magnification on. */
const CLOSE = 4;
const THUMB = 44;
/** Of more than these large marks would hide each other. */
const MANY_KEPT = 1000;
/** Most pictures that are looked through for room. */
const MOST_SORTED = 4000;

/** All pictures by what they look like: a canvas that is moved, magnified and drawn on. */
export class CoresetMap {
  readonly node: HTMLElement;
  readonly view = new Viewport();
  /** The line that is being drawn around pictures. */
  lasso: Line = [];
  readonly refresh: () => void;
  readonly canvas = h('canvas', {
    ...{ class: 'dcw-cx-canvas', tabindex: 0, role: 'application' },
    'aria-label': 'Map of all pictures: like ones lie near each other',
  });
  private readonly places: Float32Array;
  private placed = false;
  private readonly scratch = h('canvas', { width: 1, height: 1 });
  private readonly probe = h('canvas', { width: 1, height: 1 });

  constructor(
    readonly state: State,
    readonly selection: Selection,
    private readonly thumbs: Thumbs,
    signal: AbortSignal
  ) {
    this.places = new Float32Array(state.content.points.length);
    const painted = perFrame(() => this.paint());
    this.refresh = () => {
      this.placed = false;
      painted();
    };
    const input = new MapInput(this);
    this.node = h('div', { class: 'dcw-cx-map' }, this.canvas, input.bar);
    [state.changed, state.focused, selection.changed, thumbs.arrived].forEach((listeners) =>
      listeners.add(this.refresh)
    );
    onThemeChange(this.refresh, signal);
    const observer = new ResizeObserver(() => this.fit());
    observer.observe(this.canvas);
    signal.addEventListener('abort', () => observer.disconnect());
  }

  /** Where each picture lies on the canvas, CSS pixels; of now, not of the last frame. */
  get screen(): Float32Array {
    if (!this.placed) {
      this.view.project(this.state.content.points, this.places);
      this.placed = true;
    }
    return this.places;
  }

  visible(): Uint32Array {
    return inView(this.screen, this.view.width, this.view.height);
  }

  private fit(): void {
    this.view.width = Math.max(1, this.canvas.clientWidth);
    this.view.height = Math.max(1, this.canvas.clientHeight);
    this.refresh();
  }

  private paint(): void {
    const { canvas, view } = this;
    const pen = canvas.getContext('2d');
    if (!pen || view.width <= 1) {
      return; // in a closed output
    }
    const dots = Math.min(3, Math.max(1, devicePixelRatio));
    const [width, height] = [Math.round(view.width * dots), Math.round(view.height * dots)];
    if (canvas.width !== width || canvas.height !== height) {
      [canvas.width, canvas.height] = [width, height];
    }
    this.putMarks(pen, width, height, dots);
    pen.setTransform(dots, 0, 0, dots, 0, 0);
    if (view.zoom >= CLOSE) {
      this.putThumbs(pen);
    }
    this.outline(pen);
    pen.setTransform(1, 0, 0, 1, 0, 0);
    // Tests and benchmarks wait for this.
    canvas.dataset['painted'] = `${this.state.choice?.method}:${this.state.choice?.size}`;
  }

  /** Put what is dropped below what is selected, and that below what is kept. */
  private putMarks(
    pen: CanvasRenderingContext2D,
    width: number,
    height: number,
    dots: number
  ): void {
    const { kept, content } = this.state;
    const plate = new Plate(pen.createImageData(width, height));
    const edge = (pixels: number): number => Math.round((pixels * dots - 1) / 2) * 2 + 1;
    const shapes = content.classes.map((_, label) => shapeOf(label));
    const many = (this.state.choice?.rows.length ?? 0) > MANY_KEPT;
    const soft = shapes.map((shape) => stamp(shape, edge(3)));
    const large = shapes.map((shape) => stamp(shape, edge(many ? 5 : 7)));
    const around = ring(edge(11));
    const [grey, accent, ink] = this.colours();
    const { screen } = this;
    const put = (row: number, shape: Int8Array, colour: number): void =>
      plate.put(shape, screen[2 * row]! * dots, screen[2 * row + 1]! * dots, colour);
    const middle = shapes.map((shape) => stamp(shape, edge(5)));
    for (let row = 0; row < content.n; row++) {
      if (!kept[row] && !this.selection.has(row)) {
        put(row, soft[content.labels[row]!]!, grey);
      }
    }
    const selected = this.selection.keys();
    selected.forEach((row) => put(row, middle[content.labels[row]!]!, ink));
    for (let row = 0; row < content.n; row++) {
      if (kept[row]) {
        put(row, large[content.labels[row]!]!, accent);
      }
    }
    selected.filter((row) => kept[row]).forEach((row) => put(row, around, ink));
    pen.putImageData(plate.image, 0, 0);
  }

  private colours(): [number, number, number] {
    return [
      this.packed('--dcw-cx-dropped', '#9e9e9e'),
      this.packed('--jp-brand-color1', '#1976d2'),
      this.packed('--jp-ui-font-color1', '#212121'),
    ];
  }

  /** A colour of the theme as one number in the order of an image's bytes. */
  private packed(variable: string, fallback: string): number {
    const pen = this.probe.getContext('2d', { willReadFrequently: true })!;
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = fallback; // stays if the theme's colour is none that a canvas knows
    pen.fillStyle = themeColour(this.canvas, variable, fallback);
    pen.fillRect(0, 0, 1, 1);
    return new Uint32Array(pen.getImageData(0, 0, 1, 1).data.buffer)[0]!;
  }

  /** Draw thumbnails where there is room, kept pictures first. */
  private putThumbs(pen: CanvasRenderingContext2D): void {
    const { kept } = this.state;
    const seen = this.visible().subarray(0, MOST_SORTED);
    const order = Uint32Array.from(seen).sort((a, b) => kept[b]! - kept[a]!);
    const rows = roomFor(this.screen, order, this.view.width, THUMB + 4);
    this.thumbs.want(rows);
    rows.forEach((row) => {
      if (this.thumbs.draw(row, this.scratch)) {
        const [x, y] = [this.screen[2 * row]! - THUMB / 2, this.screen[2 * row + 1]! - THUMB / 2];
        pen.fillStyle = themeColour(this.canvas, '--jp-layout-color1', '#fff');
        pen.fillRect(x, y, THUMB, THUMB); // no marks shine through
        pen.globalAlpha = kept[row] ? 1 : 0.55;
        pen.drawImage(this.scratch, x, y, THUMB, THUMB);
        pen.globalAlpha = 1;
        if (kept[row]) {
          this.frame(pen, x, y, '--jp-brand-color1', '#1976d2');
        }
        if (this.selection.has(row)) {
          this.frame(pen, x + 3, y + 3, '--jp-ui-font-color1', '#212121', THUMB - 6);
        }
      }
    });
  }

  private frame(
    pen: CanvasRenderingContext2D,
    x: number,
    y: number,
    variable: string,
    fallback: string,
    edge = THUMB
  ): void {
    pen.lineWidth = 3;
    pen.strokeStyle = themeColour(this.canvas, variable, fallback);
    pen.strokeRect(x, y, edge, edge);
  }

  /** The lasso, and a circle around the picture that is looked at. */
  private outline(pen: CanvasRenderingContext2D): void {
    const { current } = this.state;
    pen.strokeStyle = themeColour(this.canvas, '--jp-ui-font-color1', '#212121');
    pen.lineWidth = 2;
    if (current >= 0) {
      pen.beginPath();
      pen.arc(this.screen[2 * current]!, this.screen[2 * current + 1]!, 9, 0, 2 * Math.PI);
      pen.stroke();
    }
    if (this.lasso.length > 1) {
      pen.beginPath();
      pen.setLineDash([5, 4]);
      this.lasso.forEach(([x, y]) => pen.lineTo(x, y));
      pen.closePath();
      pen.stroke();
      pen.setLineDash([]);
    }
  }
}
