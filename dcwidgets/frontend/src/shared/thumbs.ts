import type { Call } from './calls';
import { latest } from './calls';
import type { Reply } from './requests';
import { decodeSheet } from './sheet';
import { Listeners } from './listeners';

interface Sheet {
  bitmap: ImageBitmap;
  columns: number;
  rows: Uint32Array;
  used: number;
}

interface Place {
  sheet: Sheet;
  slot: number;
}

/** Edges that thumbnails are asked for in, so that resizing does not ask for every size. */
const SIZES = [96, 128, 160, 224, 320];
/** Decoded pixels kept, four bytes each; the oldest sheets go first. */
const MOST_PIXELS = 24_000_000;
const EDGE = 2048;

/** Thumbnails by row: asked for one sheet at a time, the newest wish first, and kept a while. */
export class Thumbs {
  readonly arrived = new Listeners();
  private places = new Map<number, Place>();
  private sheets: Sheet[] = [];
  private clock = 0;
  private edge = SIZES[0]!;
  private readonly ask: (rows: number[]) => void;

  constructor(call: Call, fail: (message: string) => void) {
    this.ask = latest(async (rows: number[]) => {
      try {
        await this.fetch(call, rows);
      } catch (error) {
        fail(error instanceof Error ? error.message : String(error));
      }
    });
  }

  /** Choose the edge of what is asked for from now on, in device pixels. */
  resize(pixels: number): void {
    const edge = SIZES.find((size) => size >= pixels) ?? SIZES.at(-1)!;
    if (edge > this.edge) {
      this.forget();
    }
    this.edge = edge;
  }

  has(row: number): boolean {
    return this.places.has(row);
  }

  /** Draw a row's thumbnail over the whole canvas; false if it is not here yet. */
  draw(row: number, canvas: HTMLCanvasElement): boolean {
    const place = this.places.get(row);
    const pen = canvas.getContext('2d');
    if (!place || !pen) {
      return false;
    }
    const { sheet, slot } = place;
    const edge = sheet.bitmap.width / sheet.columns;
    sheet.used = ++this.clock;
    if (canvas.width !== edge || canvas.height !== edge) {
      canvas.width = canvas.height = edge;
    }
    const x = (slot % sheet.columns) * edge;
    const y = Math.floor(slot / sheet.columns) * edge;
    pen.drawImage(sheet.bitmap, x, y, edge, edge, 0, 0, edge, edge);
    return true;
  }

  /** Wish for rows; what is here already is not asked for again. */
  want(rows: Iterable<number>): void {
    const missing = [...rows].filter((row) => !this.places.has(row));
    if (missing.length) {
      this.ask(missing.slice(0, Math.floor(EDGE / this.edge) ** 2));
    }
  }

  forget(): void {
    this.sheets.forEach(({ bitmap }) => bitmap.close());
    this.sheets = [];
    this.places = new Map();
  }

  private async fetch(call: Call, wanted: number[]): Promise<void> {
    const rows = Uint32Array.from(wanted.filter((row) => !this.places.has(row)));
    if (!rows.length) {
      return;
    }
    const size = this.edge;
    const { reply, buffers } = await call<Reply & { columns: number }>('thumbnails', { size }, [
      rows,
    ]);
    const bitmap = await decodeSheet(buffers[0]);
    this.keep({ bitmap, columns: reply.columns, rows, used: ++this.clock });
    this.arrived.tell();
  }

  private keep(sheet: Sheet): void {
    this.sheets.push(sheet);
    sheet.rows.forEach((row, slot) => this.places.set(row, { sheet, slot }));
    let pixels = this.sheets.reduce((sum, { bitmap: b }) => sum + b.width * b.height, 0);
    while (pixels > MOST_PIXELS && this.sheets.length > 2) {
      const oldest = this.sheets.reduce((a, b) => (b.used < a.used ? b : a));
      pixels -= oldest.bitmap.width * oldest.bitmap.height;
      this.evict(oldest);
    }
  }

  private evict(sheet: Sheet): void {
    sheet.rows.forEach((row) => {
      if (this.places.get(row)?.sheet === sheet) {
        this.places.delete(row);
      }
    });
    this.sheets = this.sheets.filter((other) => other !== sheet);
    sheet.bitmap.close();
  }
}
