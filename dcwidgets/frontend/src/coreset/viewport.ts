const MOST = 400;
const MARGIN = 16;

/** Where points from -1 to 1 lie on a canvas that can be moved and magnified; CSS pixels. */
export class Viewport {
  width = 1;
  height = 1;
  zoom = 1;
  private x = 0;
  private y = 0;

  /** Pixels per unit. */
  get scale(): number {
    return Math.max(1, Math.min(this.width, this.height) / 2 - MARGIN) * this.zoom;
  }

  /** The whole map is stretched to the canvas; both directions alike would waste its width. */
  private get stretch(): [number, number] {
    const edge = Math.min(this.width, this.height) / 2 - MARGIN;
    return [(this.width / 2 - MARGIN) / edge, (this.height / 2 - MARGIN) / edge];
  }

  /** Write where points of the map lie on the canvas. */
  project(points: Float32Array, screen: Float32Array): void {
    const [sx, sy] = this.stretch.map((stretch) => stretch * this.scale) as [number, number];
    const [left, top] = [this.width / 2 - this.x * sx, this.height / 2 + this.y * sy];
    for (let at = 0; at < points.length; at += 2) {
      screen[at] = left + points[at]! * sx;
      screen[at + 1] = top - points[at + 1]! * sy;
    }
  }

  toMap(left: number, top: number): [number, number] {
    const [sx, sy] = this.stretch;
    return [
      this.x + (left - this.width / 2) / (this.scale * sx),
      this.y - (top - this.height / 2) / (this.scale * sy),
    ];
  }

  pan(right: number, down: number): void {
    const [sx, sy] = this.stretch;
    this.x = clamp(this.x - right / (this.scale * sx));
    this.y = clamp(this.y + down / (this.scale * sy));
  }

  /** Magnify; what lies at `left`, `top` stays there. */
  magnify(factor: number, left = this.width / 2, top = this.height / 2): void {
    const [x, y] = this.toMap(left, top);
    this.zoom = Math.min(MOST, Math.max(1, this.zoom * factor));
    const [nowX, nowY] = this.toMap(left, top);
    this.x = clamp(this.x + x - nowX);
    this.y = clamp(this.y + y - nowY);
  }

  reset(): void {
    [this.zoom, this.x, this.y] = [1, 0, 0];
  }

  /** Bring a point of the map into the middle. */
  centre(x: number, y: number): void {
    [this.x, this.y] = [clamp(x), clamp(y)];
  }
}

function clamp(value: number): number {
  return Math.min(1, Math.max(-1, value));
}
