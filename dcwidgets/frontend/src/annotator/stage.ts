import { h, perFrame } from '../shared/dom';
import { onThemeChange } from '../shared/theme';
import type { Editor } from './editor';
import type { Point, Size, View } from './geometry';
import { fitted, HANDLES, handlePoint, panned, toPicture, zoomed } from './geometry';
import { boxOf } from './said';
import type { Box, Proposal, Rect } from './types';

const HANDLE = 8;

/** The picture with its boxes: two layers, so that brightness leaves the boxes alone. */
export class Stage {
  readonly node = h('div', { class: 'dcw-an-stage', tabindex: '0', role: 'application' });
  view: View = { scale: 1, x: 0, y: 0 };
  brightness = 1;
  /** Where the mouse is while a box is about to be drawn. */
  cross: Point | null = null;
  private readonly base = h('canvas', { 'aria-hidden': 'true' });
  private readonly over = h('canvas', { 'aria-hidden': 'true' });
  private readonly badge = h('span', { class: 'dcw-an-badge', 'aria-hidden': 'true' });
  private size: Size = { width: 0, height: 0 };
  private fit = true;
  private drawn = '';
  readonly redraw = perFrame(() => this.paint());

  constructor(
    private readonly editor: Editor,
    signal: AbortSignal
  ) {
    this.node.append(this.base, this.over, this.badge);
    const observer = new ResizeObserver(() => this.resize());
    observer.observe(this.node);
    signal.addEventListener('abort', () => observer.disconnect());
    onThemeChange(() => this.redraw(), signal);
    const { session } = editor;
    session.moved.add(() => {
      this.fit = true;
      this.redraw();
    });
    editor.shown.add(() => this.redraw());
    session.thumbs.arrived.add(() => this.redraw());
  }

  get stageSize(): Size {
    return this.size;
  }

  zoom(factor: number, at: Point = this.middle): void {
    const picture = this.editor.session.picture;
    if (picture) {
      this.fit = false;
      this.view = zoomed(this.view, factor, at, picture, this.size);
      this.redraw();
    }
  }

  fitAll(): void {
    this.fit = true;
    this.redraw();
  }

  pan(dx: number, dy: number): void {
    const picture = this.editor.session.picture;
    if (picture) {
      this.fit = false;
      this.view = panned(this.view, dx, dy, picture, this.size);
      this.redraw();
    }
  }

  shine(brightness: number): void {
    this.brightness = brightness;
    this.base.style.filter = brightness === 1 ? '' : `brightness(${brightness})`;
  }

  /** Screen pixels of the stage at an event. */
  at(event: MouseEvent): Point {
    const { left, top } = this.over.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  /** The middle third of what is seen, in pixels of the picture. */
  centre(): Rect {
    const { width, height } = this.editor.session.picture ?? { width: 0, height: 0 };
    const a = toPicture(this.view, { x: this.size.width / 3, y: this.size.height / 3 });
    const b = toPicture(this.view, { x: (this.size.width * 2) / 3, y: (this.size.height * 2) / 3 });
    const [left, top] = [Math.max(0, a.x), Math.max(0, a.y)].map(Math.round);
    const [right, bottom] = [Math.min(width, b.x), Math.min(height, b.y)].map(Math.round);
    return { x: left!, y: top!, w: right! - left!, h: bottom! - top! };
  }

  private get middle(): Point {
    return { x: this.size.width / 2, y: this.size.height / 2 };
  }

  private resize(): void {
    const ratio = devicePixelRatio || 1;
    this.size = { width: this.node.clientWidth, height: this.node.clientHeight };
    for (const canvas of [this.base, this.over]) {
      canvas.width = Math.round(this.size.width * ratio);
      canvas.height = Math.round(this.size.height * ratio);
    }
    this.drawn = '';
    this.paint();
  }

  private paint(): void {
    const { session } = this.editor;
    const { picture } = session;
    if (picture && this.fit) {
      this.view = fitted(picture, this.size);
    }
    this.paintPicture();
    this.paintBoxes();
    const status = session.said?.status ?? '';
    this.node.dataset['status'] = status;
    this.badge.textContent =
      { verified: '✓ verified', unsure: '? unsure', skipped: '↷ skipped' }[status as string] ?? '';
    this.node.setAttribute('aria-label', this.words());
    this.node.dataset['zoom'] = this.view.scale.toFixed(2);
    if (picture) {
      this.node.dataset['painted'] = String(session.row); // tests and benchmarks wait for this
    }
  }

  private paintPicture(): void {
    const { session } = this.editor;
    const { picture } = session;
    const { scale, x, y } = this.view;
    const key = `${session.row} ${picture ? 'whole' : 'small'} ${scale} ${x} ${y}`;
    const pen = this.pen(this.base);
    if (!pen || (key === this.drawn && picture)) {
      return;
    }
    this.drawn = key;
    pen.clearRect(0, 0, this.size.width, this.size.height);
    pen.imageSmoothingEnabled = scale < 6;
    if (picture) {
      const { bitmap, width, height } = picture;
      pen.drawImage(bitmap, x, y, width * scale, height * scale);
    } else {
      this.paintThumb(pen);
    }
  }

  /** Until the picture is here, its thumbnail holds its place. */
  private paintThumb(pen: CanvasRenderingContext2D): void {
    const { session } = this.editor;
    const small = document.createElement('canvas');
    if (session.thumbs.draw(session.row, small)) {
      const edge = Math.min(this.size.width, this.size.height);
      pen.globalAlpha = 0.6;
      const [x, y] = [(this.size.width - edge) / 2, (this.size.height - edge) / 2];
      pen.drawImage(small, x, y, edge, edge);
      pen.globalAlpha = 1;
    }
  }

  private paintBoxes(): void {
    const pen = this.pen(this.over);
    if (!pen) {
      return;
    }
    const { editor } = this;
    pen.clearRect(0, 0, this.size.width, this.size.height);
    if (editor.session.picture) {
      editor.boxes.forEach((box) => this.paintBox(pen, box, false));
      editor.proposals.forEach((one) => this.paintProposal(pen, one));
      const grip = editor.grip();
      if (grip) {
        this.paintHandles(pen, grip);
      }
    }
    if (editor.drawing && this.cross && !editor.draft) {
      this.paintCross(pen, this.cross);
    }
  }

  private paintProposal(pen: CanvasRenderingContext2D, proposal: Proposal): void {
    const box = boxOf(proposal);
    if (box) {
      this.paintBox(pen, box, true);
    }
  }

  private paintBox(pen: CanvasRenderingContext2D, box: Box, proposed: boolean): void {
    const { x, y, w, h: high } = this.onScreen(box);
    const kind = this.editor.session.classes.find(({ name }) => name === box.label);
    const ink = kind?.colour ?? '#b8b8b8';
    const thick = box.id === this.editor.selected ? 3 : 2;
    pen.setLineDash(proposed ? [6, 4] : []);
    // A dark line under the coloured one: it shows on any picture.
    for (const [width, colour] of [
      [thick + 2, 'rgb(0 0 0 / 65%)'],
      [thick, ink],
    ] as const) {
      pen.lineWidth = width;
      pen.strokeStyle = colour;
      pen.strokeRect(x, y, w, high);
    }
    pen.setLineDash([]);
    const marks = `${box.difficult ? ' ◆' : ''}${box.truncated ? ' ✂' : ''}`;
    this.tag(pen, `${proposed ? '? ' : ''}${kind?.letter ?? ''} ${box.label}${marks}`, ink, x, y);
  }

  private tag(
    pen: CanvasRenderingContext2D,
    text: string,
    ink: string,
    x: number,
    y: number
  ): void {
    pen.font = '600 12px system-ui, sans-serif';
    const width = pen.measureText(text).width + 10;
    const left = Math.max(0, Math.min(x - 1, this.size.width - width));
    const top = y >= 18 ? y - 18 : Math.max(y, 0);
    pen.fillStyle = ink;
    pen.fillRect(left, top, width, 18);
    pen.fillStyle = '#111'; // every class colour is light enough for it
    pen.fillText(text, left + 5, top + 13);
  }

  private paintHandles(pen: CanvasRenderingContext2D, box: Box): void {
    for (const handle of HANDLES) {
      const at = handlePoint(this.onScreen(box), handle);
      pen.fillStyle = '#fff';
      pen.strokeStyle = '#000';
      pen.lineWidth = 1;
      pen.fillRect(at.x - HANDLE / 2, at.y - HANDLE / 2, HANDLE, HANDLE);
      pen.strokeRect(at.x - HANDLE / 2, at.y - HANDLE / 2, HANDLE, HANDLE);
    }
  }

  private paintCross(pen: CanvasRenderingContext2D, { x, y }: Point): void {
    for (const [width, colour] of [
      [3, 'rgb(0 0 0 / 50%)'],
      [1, '#fff'],
    ] as const) {
      pen.lineWidth = width;
      pen.strokeStyle = colour;
      pen.beginPath();
      pen.moveTo(x, 0);
      pen.lineTo(x, this.size.height);
      pen.moveTo(0, y);
      pen.lineTo(this.size.width, y);
      pen.stroke();
    }
  }

  private onScreen({ x, y, w, h: high }: Rect): Rect {
    const { scale } = this.view;
    return {
      x: x * scale + this.view.x,
      y: y * scale + this.view.y,
      w: w * scale,
      h: high * scale,
    };
  }

  private pen(canvas: HTMLCanvasElement): CanvasRenderingContext2D | null {
    const pen = canvas.getContext('2d');
    const ratio = devicePixelRatio || 1;
    pen?.setTransform(ratio, 0, 0, ratio, 0, 0);
    return pen;
  }

  private words(): string {
    const { session, boxes } = this.editor;
    const label = session.said?.label ?? 'no class';
    const count = boxes.length === 1 ? '1 box' : `${boxes.length} boxes`;
    const drawn = session.opened.boxes ? `, ${count}` : '';
    return `Picture ${session.row + 1} of ${session.opened.n}, ${label}${drawn}`;
  }
}
