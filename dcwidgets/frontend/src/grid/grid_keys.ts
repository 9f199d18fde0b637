import type { ThumbGrid } from './grid';

/**
 * The keyboard of a grid of pictures.
 *
 * Arrows, Home, End, PgUp and PgDn move; with Shift they select from the anchor; Space
 * adds or removes; Ctrl+A takes all, Esc none; Enter looks closer.
 */
export function gridKey(grid: ThumbGrid, event: KeyboardEvent): void {
  const control = event.ctrlKey || event.metaKey;
  if (event.altKey) {
    return;
  }
  const target = control && !isJump(event.key) ? null : destination(grid, event.key, control);
  if (target !== null) {
    move(grid, target, event.shiftKey);
  } else if (!act(grid, event.key, control)) {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

function isJump(key: string): boolean {
  return key === 'Home' || key === 'End';
}

function destination(grid: ThumbGrid, key: string, control: boolean): number | null {
  const { current, columns } = grid;
  const last = grid.source.keys().length - 1;
  const lineStart = current - (current % columns);
  const moves: Record<string, number> = {
    ArrowLeft: current - 1,
    ArrowRight: current + 1,
    ArrowUp: current - columns,
    ArrowDown: current + columns,
    PageUp: current - columns * grid.pageLines,
    PageDown: current + columns * grid.pageLines,
    Home: control ? 0 : lineStart,
    End: control ? last : lineStart + columns - 1,
  };
  const to = moves[key];
  if (to === undefined || last < 0) {
    return null;
  }
  if (to >= 0 && to <= last) {
    return to;
  }
  // Stay in the column at the ends: only a page jump may stop short.
  const page = key.startsWith('Page') || isJump(key);
  return page ? Math.max(0, Math.min(to, last)) : current;
}

function move(grid: ThumbGrid, target: number, extend: boolean): void {
  if (extend) {
    grid.selectRange(grid.anchor ?? grid.current, target, false);
    grid.anchor ??= grid.current;
  } else {
    grid.anchor = target;
  }
  grid.goTo(target);
}

function act(grid: ThumbGrid, key: string, control: boolean): boolean {
  const { selection, source } = grid;
  const currentKey = source.keys()[grid.current];
  if (control && key.toLowerCase() === 'a') {
    selection.choose(source.keys());
  } else if (key === 'Escape' && selection.count) {
    selection.clear();
  } else if (key === ' ' && currentKey !== undefined) {
    selection.toggle(currentKey);
    grid.anchor = grid.current;
  } else if (key === 'Enter' && currentKey !== undefined) {
    source.opened(currentKey);
  } else {
    return false;
  }
  return true;
}
