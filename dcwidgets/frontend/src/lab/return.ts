import { Notification } from '@jupyterlab/apputils';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import type { Scope } from './commands';
import type { Lesson } from './lessons';
import { cellTexts, notebookIn, resumeAt } from './resume';

type Opened = { context: DocumentRegistry.Context; revealed?: Promise<void> } | null;

/** Open a lesson where its learner stopped; one that is open and in use stays where it is. */
export async function openLesson(
  scope: Scope,
  lesson: Lesson,
  where: 'stopped' | 'top' = 'stopped'
): Promise<unknown> {
  const { app, course, documents, places } = scope;
  const path = course.path(lesson.notebook);
  const view = course.view.lessons.find((each) => each.lesson.id === lesson.id);
  const last = await places.last(path); // before opening, which makes the first cell active
  const wasOpen = Boolean(documents?.findWidget(path));
  const widget = (await app.commands.execute('docmanager:open', { path })) as Opened;
  const notebook = notebookIn(widget);
  if (!widget || !notebook || where === 'top' || view?.state !== 'started') {
    return widget;
  }
  if (wasOpen && notebook.activeCellIndex > 0) {
    return widget; // JupyterLab itself brings notebooks back, at their first cell
  }
  await Promise.all([widget.context.ready, widget.revealed]);
  const index = resumeAt(cellTexts(notebook), view, last);
  if (index > 0) {
    notebook.activeCellIndex = index;
    await notebook.scrollToItem?.(index, 'start');
    offerToRun(app.commands, widget.context, scope.trans);
  }
  return widget;
}

/** What the cells above have made went with the kernel. */
function offerToRun(
  commands: CommandRegistry,
  { sessionContext }: DocumentRegistry.Context,
  trans: TranslationBundle
): void {
  // While a kernel starts, JupyterLab takes cells that are run and drops them without a word.
  const runAbove = async (): Promise<void> => {
    await sessionContext.ready;
    await sessionContext.session?.kernel?.info;
    await commands.execute('notebook:run-all-above');
  };
  const run = { label: trans.__('Run the cells above'), callback: () => void runAbove() };
  const text = trans.__(
    'You are back where you stopped. A new kernel needs the cells above to be run.'
  );
  Notification.info(text, { autoClose: 20_000, actions: [run] });
}
