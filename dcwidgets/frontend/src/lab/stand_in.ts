import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';
import type { Widget } from '@lumino/widgets';

import { fields, word } from './lessons';

const VIEW = 'application/vnd.jupyter.widget-view+json';
const STATE = 'application/vnd.jupyter.widget-state+json';
const HTML = 'text/html';

// What is asked of cells and outputs; their packages are not among ours, so this is all we know.

interface Output {
  readonly data: Readonly<Record<string, unknown>>;
}

interface Outputs {
  readonly length: number;
  get(index: number): Output;
}

interface Renderer extends Widget {
  renderModel(output: Output): Promise<void>;
}

interface OutputPanel extends Widget {
  readonly widgets: readonly Widget[];
  addWidget(child: Widget): void;
}

interface OutputArea {
  readonly model: Outputs;
  readonly widgets: readonly OutputPanel[];
  readonly rendermime: { createRenderer(type: string): Renderer };
}

interface CodeCell {
  readonly model: { readonly outputs?: Outputs };
  readonly ready: Promise<void>;
  readonly outputArea?: OutputArea | null;
}

/** A notebook, as far as its saved widgets are concerned. */
export interface SavedNotebook {
  readonly widgets: readonly CodeCell[];
  readonly model: { getMetadata(key: string): unknown } | null;
}

/** The widget that an output shows, '' where there is none or no HTML was saved beside it. */
function widgetOf(output: Output): string {
  return typeof output.data[HTML] === 'string' || Array.isArray(output.data[HTML])
    ? word(fields(output.data[VIEW])['model_id'])
    : '';
}

function listed(outputs: Outputs | undefined): Output[] {
  return Array.from({ length: outputs?.length ?? 0 }, (_, index) => outputs!.get(index));
}

/** The widgets that somebody still holds: a kernel, or the notebook itself with their state. */
async function alive(
  notebook: SavedNotebook,
  kernel: Kernel.IKernelConnection | null | undefined
): Promise<Set<string>> {
  const saved = fields(fields(fields(notebook.model?.getMetadata('widgets'))[STATE])['state']);
  // A kernel that dies while it is asked holds nothing.
  const answer = await kernel
    ?.requestCommInfo({ target_name: 'jupyter.widget' })
    .catch(() => undefined);
  const held = answer?.content.status === 'ok' ? answer.content.comms : {};
  return new Set([...Object.keys(saved), ...Object.keys(held)]);
}

/**
 * Show the saved HTML of each widget that went with its kernel.
 *
 * JupyterLab prefers the widget, and says "Loading widget..." for good where there is no kernel,
 * "model not found" where there is a new one. What a cell shows once it has run again is a widget
 * of another name, and stays.
 */
export async function standIn(
  notebook: SavedNotebook,
  session: Pick<ISessionContext, 'ready' | 'session'>
): Promise<void> {
  const ids = notebook.widgets.flatMap(({ model }) => listed(model.outputs).map(widgetOf));
  const saved = new Set(ids.filter(Boolean));
  if (!saved.size) {
    return;
  }
  await session.ready;
  const held = await alive(notebook, session.session?.kernel);
  const gone = new Set([...saved].filter((id) => !held.has(id)));
  await Promise.all(notebook.widgets.map((cell) => standInFor(cell, gone)));
}

async function standInFor(cell: CodeCell, gone: ReadonlySet<string>): Promise<void> {
  if (!listed(cell.model.outputs).some((output) => gone.has(widgetOf(output)))) {
    return;
  }
  await cell.ready; // one that was never in sight has no outputs on the page
  const area = cell.outputArea;
  for (const [index, output] of listed(area?.model).entries()) {
    const panel = area!.widgets[index];
    const shown = panel?.widgets.at(-1);
    if (!panel || !shown || !gone.has(widgetOf(output))) {
      continue;
    }
    shown.hide();
    const picture = area!.rendermime.createRenderer(HTML);
    picture.addClass('jp-OutputArea-output');
    panel.addWidget(picture);
    await picture.renderModel(output);
  }
}
