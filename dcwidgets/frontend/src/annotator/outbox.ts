import type { Call } from '../shared/calls';
import type { Change, Saved } from './types';

export interface Entry {
  picture: string;
  change: Change;
}

/** Where changes lie that are not on disk yet; survives the view and a reload. */
export interface Shelf {
  put: (entries: Entry[]) => void;
  /** Changes that closed views left behind; they are taken off the shelf. */
  take: () => Entry[];
  close: () => void;
}

export interface SaverHost {
  call: Call;
  shelf: Shelf;
  /** The row is on disk. */
  saved: (reply: Saved) => void;
  /** It never will be: the kernel says why. */
  refused: (entry: Entry, reason: string) => void;
  /** What the sign says has changed. */
  told: () => void;
}

const AGAIN = 4_000;

/**
 * Changes on their way to the disk: in order, one at a time, kept until acknowledged.
 *
 * A failure that may pass (a full disk) is tried again every few seconds; a kernel that does not
 * answer is waited for.
 */
export class Outbox {
  readonly entries: Entry[] = [];
  /** When the last change was acknowledged; 0 before the first. */
  savedAt = 0;
  /** Why the first change is not saved; empty while it is under way. */
  trouble = '';
  private busy = false;
  private closed = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private idle: (() => void)[] = [];

  constructor(private readonly host: SaverHost) {}

  /** Begin with what other views left behind. */
  start(): void {
    this.entries.push(...this.host.shelf.take());
    this.changed();
  }

  add(picture: string, change: Change): void {
    this.entries.push({ picture, change });
    this.changed();
  }

  /** Changes of a picture that are not acknowledged. */
  of(picture: string): Change[] {
    return this.entries.filter((entry) => entry.picture === picture).map(({ change }) => change);
  }

  /** Resolves when everything is on disk. */
  settled(): Promise<void> {
    return this.entries.length
      ? new Promise((resolve) => this.idle.push(resolve))
      : Promise.resolve();
  }

  /** Try again now. */
  retry(): void {
    clearTimeout(this.timer);
    this.trouble = '';
    this.changed();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.host.shelf.close();
  }

  private changed(): void {
    this.host.shelf.put(this.entries);
    this.host.told();
    if (!this.busy && !this.trouble && this.entries.length) {
      void this.send(this.entries[0]!);
    }
    if (!this.entries.length) {
      this.idle.splice(0).forEach((resolve) => resolve());
    }
  }

  private async send(entry: Entry): Promise<void> {
    this.busy = true;
    try {
      const { reply } = await this.host.call<Saved>('save', {
        ...entry.change,
        picture: entry.picture,
      });
      this.entries.shift();
      if (reply.refused) {
        this.host.refused(entry, reply.refused);
      } else {
        this.savedAt = Date.now();
        this.host.saved(reply);
      }
    } catch (error) {
      this.trouble = error instanceof Error ? error.message : String(error);
      this.timer = setTimeout(() => this.retry(), AGAIN);
    }
    this.busy = false;
    if (!this.closed) {
      this.changed();
    }
  }
}

const OPEN = Symbol.for('dcwidgets.annotators');

type Kept = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** The tab's own storage; one in memory in a frame that the browser gives none, as Colab's may be. */
function tabStorage(): Kept {
  try {
    return sessionStorage;
  } catch {
    const methods: Kept & Record<string, unknown> = {
      getItem: (key) => (kept[key] as string | undefined) ?? null,
      setItem: (key, value) => (kept[key] = value),
      removeItem: (key) => Reflect.deleteProperty(kept, key),
    };
    const kept = Object.create(methods) as typeof methods; // its own keys are entries alone
    return kept;
  }
}

/** A shelf in the browser tab's own storage, one place per view. */
export function shelf(store: string, storage: Kept = tabStorage()): Shelf {
  const prefix = `dcw-annotator:${store}:`;
  const mine = prefix + Math.random().toString(36).slice(2);
  // Each widget is a module of its own: open views know of each other by the window alone.
  const open = ((window as unknown as Record<symbol, Set<string> | undefined>)[OPEN] ??=
    new Set<string>());
  open.add(mine);
  return {
    put: (entries) => {
      if (entries.length) {
        storage.setItem(mine, JSON.stringify(entries));
      } else {
        storage.removeItem(mine);
      }
    },
    take: () =>
      Object.keys(storage)
        .filter((key) => key.startsWith(prefix) && !open.has(key))
        .flatMap((key) => {
          const left = JSON.parse(storage.getItem(key) ?? '[]') as Entry[];
          storage.removeItem(key);
          return left;
        }),
    close: () => open.delete(mine),
  };
}

/** What the sign says: where the changes are, in words. */
export function sign(outbox: Outbox, late: boolean, now: number, unfinished = false): string {
  const n = outbox.entries.length;
  const kept = n === 1 ? '1 change is kept in this page' : `${n} changes are kept in this page`;
  if (outbox.trouble) {
    return `not saved: ${outbox.trouble} ${kept} and tried again.`;
  }
  if (n && late) {
    return `not saved yet: the kernel does not answer. ${kept}.`;
  }
  if (n || unfinished) {
    return 'saving …';
  }
  return outbox.savedAt ? `saved ${ago(now - outbox.savedAt)}` : 'nothing to save yet';
}

function ago(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 90) {
    return `${seconds} s ago`;
  }
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min ago` : `${Math.round(minutes / 60)} h ago`;
}
