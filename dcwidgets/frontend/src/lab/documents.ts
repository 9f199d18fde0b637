import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ISessionContext } from '@jupyterlab/apputils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { Kernel } from '@jupyterlab/services';

type Context = DocumentRegistry.Context;

/** What a plugin wants to hear of documents and their kernels. */
export interface Listener {
  /** The document in front; null where something else is. */
  front(context: Context | null): void;
  /** The state of a document's kernel, each time it changes. */
  kernel(context: Context, status: Kernel.Status): void;
}

/** Follow the document in front, and the kernel of every document that ever was. */
export function followDocuments(
  app: JupyterFrontEnd,
  documents: IDocumentManager,
  listener: Listener
): void {
  const known = new WeakSet<Context>();
  const look = (): void => {
    const widget = app.shell.currentWidget;
    const context = (widget && documents.contextForWidget(widget)) ?? null;
    listener.front(context);
    if (context && !known.has(context)) {
      known.add(context);
      const hear = (_: ISessionContext, status: Kernel.Status): void =>
        listener.kernel(context, status);
      context.sessionContext.statusChanged.connect(hear);
    }
  };
  app.shell.currentChanged?.connect(look);
  void app.restored.then(look);
}
