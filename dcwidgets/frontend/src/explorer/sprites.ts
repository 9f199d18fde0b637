/** One JPEG of many small pictures, shown piece by piece as backgrounds. */
export class Sprites {
  private url = '';

  /** Take another sheet; `show` puts its pieces where they belong before the old one goes. */
  take(sheet: DataView, show: () => void): void {
    const old = this.url;
    const bytes = new Uint8Array(sheet.byteLength);
    // A buffer is a view into a larger message: without the offset another message's bytes decode.
    bytes.set(new Uint8Array(sheet.buffer, sheet.byteOffset, sheet.byteLength));
    this.url = URL.createObjectURL(new Blob([bytes], { type: 'image/jpeg' }));
    show();
    release(old);
  }

  /** Show piece number `at` of a sheet of `count` pieces in `columns` columns. */
  put(node: HTMLElement, at: number, count: number, columns: number): void {
    const rows = Math.ceil(count / columns);
    const column = at % columns;
    const row = Math.floor(at / columns);
    const percent = (place: number, places: number): number =>
      places > 1 ? (100 * place) / (places - 1) : 0;
    node.style.backgroundImage = `url("${this.url}")`;
    node.style.backgroundSize = `${100 * columns}% ${100 * rows}%`;
    node.style.backgroundPosition = `${percent(column, columns)}% ${percent(row, rows)}%`;
    node.dataset['shown'] = 'true';
  }

  close(): void {
    release(this.url);
    this.url = '';
  }
}

function release(url: string): void {
  if (url) {
    URL.revokeObjectURL(url);
  }
}
