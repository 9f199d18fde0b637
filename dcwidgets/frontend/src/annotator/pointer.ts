import type { Editor } from './editor';
import type { Handle, Point } from './geometry';
import { between, boxAt, handleAt, toPicture } from './geometry';
import { boxOf } from './said';
import type { Stage } from './stage';
import type { Box } from './types';

const REACH = 9;
/** Screen pixels that a press may wander and still be a click. */
const SLACK = 3;
const CURSORS: Record<Handle, string> = {
  n: 'ns-resize',
  s: 'ns-resize',
  e: 'ew-resize',
  w: 'ew-resize',
  ne: 'nesw-resize',
  sw: 'nesw-resize',
  nw: 'nwse-resize',
  se: 'nwse-resize',
};

interface Drag {
  kind: 'pan' | 'draw' | 'pull';
  from: Point;
  last: Point;
  box: Box | null;
  handle: Handle | null;
  begun: boolean;
  sketched: boolean;
}

/** Drag to draw, move, resize and pan; the wheel zooms where the mouse is. */
export function listenToPointer(stage: Stage, editor: Editor): void {
  const { node } = stage;
  let drag: Drag | null = null;

  node.addEventListener('pointerdown', (event) => {
    node.focus({ preventScroll: true });
    if (event.button > 1 || !editor.session.picture) {
      return;
    }
    event.preventDefault(); // the middle button would scroll
    node.setPointerCapture(event.pointerId);
    drag = start(stage, editor, event);
  });
  node.addEventListener('pointermove', (event) => {
    const at = stage.at(event);
    if (drag) {
      go(stage, editor, drag, at);
    } else {
      hover(stage, editor, at);
    }
  });
  node.addEventListener('pointerup', () => {
    if (drag) {
      end(editor, drag);
    }
    drag = null;
  });
  node.addEventListener('pointercancel', () => {
    drag = null;
    editor.cancel();
  });
  node.addEventListener('pointerleave', () => {
    stage.cross = null;
    stage.redraw();
  });
  node.addEventListener(
    'wheel',
    (event) => {
      // Without the focus the wheel scrolls the notebook, as everywhere.
      if (node.contains(document.activeElement)) {
        event.preventDefault();
        stage.zoom(Math.exp(-event.deltaY / (event.deltaMode ? 20 : 400)), stage.at(event));
      }
    },
    { passive: false }
  );
}

function start(stage: Stage, editor: Editor, event: PointerEvent): Drag {
  const from = stage.at(event);
  const drag: Drag = {
    kind: 'draw',
    from,
    last: from,
    box: null,
    handle: null,
    begun: false,
    sketched: false,
  };
  if (event.button === 1 || event.altKey || !editor.session.opened.boxes) {
    return { ...drag, kind: 'pan' };
  }
  if (editor.drawing) {
    return drag;
  }
  const { handle, box } = under(stage, editor, from);
  if (!box) {
    return drag;
  }
  editor.select(box.id);
  return { ...drag, kind: 'pull', box, handle };
}

/** The handle of the selection, else the box, under a point of the screen. */
function under(stage: Stage, editor: Editor, screen: Point) {
  const at = toPicture(stage.view, screen);
  const grip = editor.grip();
  const handle = grip && handleAt(grip, at, REACH / stage.view.scale);
  if (grip && handle) {
    return { handle, box: grip };
  }
  const proposed = editor.proposals.map(boxOf).filter((box) => box !== null);
  return { handle: null, box: boxAt([...editor.boxes, ...proposed], at) };
}

function go(stage: Stage, editor: Editor, drag: Drag, at: Point): void {
  const far = Math.max(Math.abs(at.x - drag.from.x), Math.abs(at.y - drag.from.y));
  drag.begun ||= far > SLACK;
  // Esc took the box away under the hand: the rest of the drag draws nothing.
  if (!drag.begun || (drag.sketched && !editor.draft)) {
    return;
  }
  const { picture } = editor.session;
  if (drag.kind === 'pan') {
    stage.pan(at.x - drag.last.x, at.y - drag.last.y);
  } else if (drag.kind === 'draw' && picture) {
    const corners = [drag.from, at].map((point) => toPicture(stage.view, point));
    editor.sketch(between(corners[0]!, corners[1]!, picture), null);
  } else if (drag.box) {
    const { scale } = stage.view;
    const [dx, dy] = [(at.x - drag.from.x) / scale, (at.y - drag.from.y) / scale];
    editor.pull(drag.box, drag.handle, dx, dy);
  }
  drag.sketched = drag.kind !== 'pan';
  drag.last = at;
}

function end(editor: Editor, drag: Drag): void {
  if (drag.begun) {
    editor.drawing &&= drag.kind !== 'draw';
    editor.commit();
  } else if (drag.kind === 'draw' && !editor.drawing) {
    editor.select(null);
  }
}

function hover(stage: Stage, editor: Editor, at: Point): void {
  const { boxes } = editor.session.opened;
  const found = boxes && !editor.drawing ? under(stage, editor, at) : null;
  const over = found?.handle ? CURSORS[found.handle] : found?.box ? 'move' : 'crosshair';
  stage.node.style.cursor = boxes ? over : 'grab';
  stage.cross = at;
  if (editor.drawing) {
    stage.redraw();
  }
}
