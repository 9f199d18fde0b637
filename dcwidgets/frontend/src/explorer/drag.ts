export interface DragHost {
  /** The items in order, as they stand now. */
  items: () => HTMLElement[];
  /** Show the item at place `from` at place `to`, without telling anybody. */
  preview: (from: number, to: number) => void;
  /** The item was let go: it started at `from` and is at `to`. */
  drop: (from: number, to: number) => void;
}

/** Pixels from an end of the list where it scrolls, and how far at a time. */
const NEAR = 24;
const STEP = 12;

/** Drag items of a list by their handles, which carry the class `dcw-ax-handle`. */
export function dragToOrder(list: HTMLElement, host: DragHost): void {
  let item: HTMLElement | null = null;
  let start = -1;

  const end = (keep: boolean): void => {
    if (!item) {
      return;
    }
    const at = host.items().indexOf(item);
    item.classList.remove('dcw-ax-dragged');
    item = null;
    if (keep) {
      host.drop(start, at);
    } else {
      host.preview(at, start);
    }
  };
  list.addEventListener('pointerdown', (event) => {
    const handle = event.target instanceof Element && event.target.closest('.dcw-ax-handle');
    if (handle && event.button === 0) {
      event.preventDefault(); // no text is selected meanwhile
      item = host.items().find((node) => node.contains(handle)) ?? null;
      start = item ? host.items().indexOf(item) : -1;
      item?.classList.add('dcw-ax-dragged');
      item?.querySelector('input')?.focus({ preventScroll: true }); // Escape is heard there
      // On the list: the item itself loses the pointer when it moves in the page.
      list.setPointerCapture(event.pointerId);
    }
  });
  list.addEventListener('pointermove', (event) => {
    if (item) {
      scrollNear(list, event.clientY);
      const at = host.items().indexOf(item);
      const to = placeAt(host.items(), at, event.clientX, event.clientY);
      if (to !== at) {
        host.preview(at, to);
      }
    }
  });
  list.addEventListener('pointerup', () => end(true));
  list.addEventListener('pointercancel', () => end(false));
  list.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      end(false);
    }
  });
}

/** Scroll a list that is dragged in at one of its ends. */
function scrollNear(list: HTMLElement, y: number): void {
  const { top, bottom } = list.getBoundingClientRect();
  list.scrollTop += y < top + NEAR ? -STEP : y > bottom - NEAR ? STEP : 0;
}

/** The place an item takes when it is held at this point: where another item is passed halfway. */
function placeAt(items: HTMLElement[], at: number, x: number, y: number): number {
  const over = items.findIndex((node) => {
    const { left, right, top, bottom } = node.getBoundingClientRect();
    return x >= left && x <= right && y >= top && y <= bottom;
  });
  if (over < 0 || over === at) {
    return at;
  }
  const { top, height } = items[over]!.getBoundingClientRect();
  const passed = over > at ? y > top + height / 2 : y < top + height / 2;
  const beside = items[at]!.getBoundingClientRect().top === top; // in another column
  return passed || beside ? over : at;
}
