import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { Debouncer } from '@lumino/polling';

import { Course } from './course';
import { followDocuments } from './documents';
import { notebookIn } from './resume';
import { standIn, type SavedNotebook } from './stand_in';
import { ICourse, PLUGIN } from './tokens';

/** A run of all cells turns idle after each one: read when it pauses for this many milliseconds. */
const PAUSE = 300;

/** States after which a kernel may have left something new: also those of one that died. */
const WRITTEN: ReadonlySet<string> = new Set(['idle', 'autorestarting', 'dead']);

export const coursePlugin: JupyterFrontEndPlugin<ICourse> = {
  id: PLUGIN,
  description: 'Reads the course folder: lessons, progress, and what to do next.',
  autoStart: true,
  provides: ICourse,
  optional: [IDocumentManager],
  activate: (app: JupyterFrontEnd, documents: IDocumentManager | null): ICourse => {
    const { contents } = app.serviceManager;
    const course = new Course(contents);
    const soon = new Debouncer(() => course.refresh(), PAUSE);
    const later = (): void => void soon.invoke();
    contents.fileChanged.connect(later);
    if (documents) {
      followDocuments(app, documents, {
        front: (context) => void course.follow(context?.path ?? ''),
        kernel: (_, status) => {
          if (WRITTEN.has(status)) {
            later();
          }
        },
      });
    }
    return course;
  },
};

export const standInPlugin: JupyterFrontEndPlugin<void> = {
  id: 'dcwidgets:stand-in',
  description: 'Shows a widget as it was saved where its kernel is gone.',
  autoStart: true,
  requires: [IDocumentManager],
  activate: (app: JupyterFrontEnd, documents: IDocumentManager) => {
    const known = new WeakSet();
    followDocuments(app, documents, {
      front: (context) => {
        const notebook = notebookIn(app.shell.currentWidget) as unknown as SavedNotebook | null;
        if (context && notebook && !known.has(notebook)) {
          known.add(notebook);
          void context.ready.then(() => standIn(notebook, context.sessionContext));
        }
      },
      kernel: () => undefined,
    });
  },
};
