import { Listeners } from '../shared/listeners';

/** Which keys (rows, or findings) are selected; `changed` tells after every change. */
export class Selection {
  readonly changed = new Listeners();
  private readonly flags: Uint8Array;
  private size = 0;

  constructor(readonly n: number) {
    this.flags = new Uint8Array(n);
  }

  get count(): number {
    return this.size;
  }

  has(key: number): boolean {
    return this.flags[key] === 1;
  }

  keys(): Uint32Array<ArrayBuffer> {
    const keys = new Uint32Array(this.size);
    for (let key = 0, at = 0; at < this.size; key++) {
      if (this.flags[key]) {
        keys[at++] = key;
      }
    }
    return keys;
  }

  /** Select these keys alone, or add them. */
  choose(keys: Iterable<number>, add = false): void {
    if (!add) {
      this.flags.fill(0);
      this.size = 0;
    }
    for (const key of keys) {
      this.size += this.flags[key] ? 0 : 1;
      this.flags[key] = 1;
    }
    this.changed.tell();
  }

  toggle(key: number): void {
    this.flags[key] = this.flags[key] ? 0 : 1;
    this.size += this.flags[key] ? 1 : -1;
    this.changed.tell();
  }

  clear(): void {
    if (this.size) {
      this.choose([]);
    }
  }

  /** The shorter form for the kernel: uint32 per key, or one bit for each key there is. */
  pack(): { form: 'rows' | 'bits'; buffer: Uint8Array | Uint32Array } {
    if (this.size * 32 <= this.n) {
      return { form: 'rows', buffer: this.keys() };
    }
    const bits = new Uint8Array(Math.ceil(this.n / 8));
    for (let key = 0; key < this.n; key++) {
      if (this.flags[key]) {
        bits[key >> 3]! |= 1 << (key & 7);
      }
    }
    return { form: 'bits', buffer: bits };
  }
}

/** Read what `pack`, or Python's twin of it, wrote. */
export function unpackKeys(form: string, data: ArrayBuffer, n: number): number[] | Uint32Array {
  if (form === 'rows') {
    return new Uint32Array(data);
  }
  const bits = new Uint8Array(data);
  const keys: number[] = [];
  for (let key = 0; key < n; key++) {
    if (bits[key >> 3]! & (1 << (key & 7))) {
      keys.push(key);
    }
  }
  return keys;
}
