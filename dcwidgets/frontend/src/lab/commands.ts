import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import {
  Dialog,
  ICommandPalette,
  InputDialog,
  Notification,
  showDialog,
} from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyJSONObject, ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { courseIcon } from './icon';
import { showLedger } from './ledger_view';
import type { Lesson } from './lessons';
import { findOriginal, resetLesson } from './reset';
import { downloadProgress, formatArgs } from './hand_in';
import { nothingNext } from './paint';
import { Places, notebookIn } from './resume';
import { openLesson } from './return';
import { Commands, ICourse, PANEL } from './tokens';
import { lessonAfter } from './view';

type Args = ReadonlyPartialJSONObject;

/** What every command needs. */
export interface Scope {
  app: JupyterFrontEnd;
  course: ICourse;
  documents: IDocumentManager | null;
  places: Places;
  trans: TranslationBundle;
}

export const commandsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'dcwidgets:commands',
  description: 'Open, continue and reset lessons, and show the ledger.',
  autoStart: true,
  requires: [ICourse],
  optional: [ITranslator, ICommandPalette, IDocumentManager, IStateDB],
  activate: (
    app: JupyterFrontEnd,
    course: ICourse,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    documents: IDocumentManager | null,
    state: IStateDB | null
  ) => {
    const trans = (translator ?? nullTranslator).load('dcwidgets');
    const places = new Places(state);
    const scope = { app, course, documents, places, trans };
    app.shell.currentChanged?.connect(() => watchFront(scope));
    for (const [id, options] of Object.entries(describeCommands(scope))) {
      app.commands.addCommand(id, { icon: courseIcon, ...options });
      palette?.addItem({ command: id, category: trans.__('Course') });
    }
  },
};

function describeCommands(scope: Scope): Record<string, CommandRegistry.ICommandOptions> {
  const { app, course, trans } = scope;
  const ofLesson = { describedBy: { args: lessonArgs(trans) } };
  const plain = { describedBy: { args: { type: 'object', properties: {} } } };
  return {
    [Commands.panel]: {
      ...plain,
      label: trans.__('Show the Course Panel'),
      execute: () => {
        app.shell.activateById(PANEL);
        // Whoever asks for the panel wants to use it; when it opens by itself it takes no focus.
        document.querySelector<HTMLElement>(`#${PANEL} button:enabled`)?.focus();
      },
    },
    [Commands.open]: {
      ...ofLesson,
      label: trans.__('Open Lesson…'),
      execute: async (args) => {
        const lesson = await choose(scope, args, trans.__('Open which lesson?'));
        return lesson ? openLesson(scope, lesson) : undefined;
      },
    },
    [Commands.next]: {
      ...plain,
      label: trans.__('Next Lesson'),
      caption: trans.__('Open the lesson after this one, or the one to go on with'),
      execute: () => openNext(scope),
    },
    [Commands.reset]: {
      ...ofLesson,
      label: trans.__('Reset Lesson to the Original…'),
      caption: trans.__('Your version stays beside it under a new name'),
      execute: async (args) => {
        const lesson = await choose(scope, args, trans.__('Reset which lesson?'));
        return lesson ? reset(scope, lesson) : undefined;
      },
    },
    [Commands.ledger]: {
      ...plain,
      label: trans.__('Show the Ledger'),
      execute: () => showLedger(app, course, trans),
    },
    [Commands.progress]: {
      describedBy: { args: formatArgs(trans) },
      label: trans.__('Export Progress…'),
      caption: trans.__('Download your progress, to keep it or to hand it in'),
      execute: (args) => downloadProgress(course, args['format'], trans),
    },
  };
}

function lessonArgs(trans: TranslationBundle): ReadonlyJSONObject {
  const description = trans.__('Number of the lesson, such as "02"; asked for where it is missing');
  return { type: 'object', properties: { lesson: { type: 'string', description } } };
}

/** Remember where the learner is in the lesson in front. */
function watchFront({ app, documents, places }: Scope): void {
  const widget = app.shell.currentWidget;
  const path = widget && documents?.contextForWidget(widget)?.path;
  const notebook = notebookIn(widget);
  if (path && notebook) {
    places.watch(path, notebook);
  }
}

async function openNext(scope: Scope): Promise<unknown> {
  const { course, trans } = scope;
  await course.refresh();
  const lesson = lessonAfter(course.view) ?? course.view.next?.lesson;
  if (lesson) {
    return openLesson(scope, lesson);
  }
  const { view } = course;
  const text = view.folder === null ? noCourse(trans) : nothingNext(view, trans);
  return Notification.info(text, { autoClose: 5000 });
}

/** The lesson that the arguments name, else the one the learner picks from a list. */
async function choose(scope: Scope, args: Args, title: string): Promise<Lesson | null> {
  const { course, trans } = scope;
  await course.refresh();
  const lessons = course.view.lessons.filter((each) => each.present).map((each) => each.lesson);
  const named = lessons.find((lesson) => lesson.id === args['lesson']);
  if (named) {
    return named;
  }
  if (lessons.length === 0) {
    Notification.info(noCourse(trans), { autoClose: 5000 });
    return null;
  }
  const items = lessons.map((lesson) => `${lesson.id} ${lesson.title}`);
  const front = lessons.findIndex((lesson) => lesson.notebook === course.view.front);
  const { value } = await InputDialog.getItem({ title, items, current: Math.max(front, 0) });
  return lessons[items.indexOf(value ?? '')] ?? null;
}

async function reset(scope: Scope, lesson: Lesson): Promise<void> {
  const { app, course, documents, trans } = scope;
  const { contents } = app.serviceManager;
  const original = await findOriginal(contents, course, lesson);
  if (!original) {
    const text = trans.__(
      'There is no original of lesson %1 in work/originals. Run its first cells, or `dcwidgets lab`, to get one.',
      lesson.id
    );
    Notification.warning(text, { autoClose: false });
    return;
  }
  if (!(await confirmReset(lesson, trans))) {
    return;
  }
  const kept = await resetLesson(contents, course, lesson, original, documents).catch(
    (reason: unknown) => tellFailure(lesson, reason, trans)
  );
  if (kept === null) {
    return;
  }
  const text = kept
    ? trans.__('%1 is the original again. Your version is %2.', lesson.notebook, kept)
    : trans.__('%1 is back.', lesson.notebook);
  Notification.success(text, { autoClose: 8000 });
  scope.places.forget(course.path(lesson.notebook));
  await openLesson(scope, lesson, 'top');
}

/** A folder that cannot be written to, or a server that is away. */
function tellFailure(lesson: Lesson, reason: unknown, trans: TranslationBundle): null {
  const why = reason instanceof Error ? reason.message : String(reason);
  const text = trans.__('Lesson %1 is not reset: %2. Your notebook is as it was.', lesson.id, why);
  Notification.error(text, { autoClose: false });
  return null;
}

async function confirmReset(lesson: Lesson, trans: TranslationBundle): Promise<boolean> {
  const { button } = await showDialog({
    title: trans.__('Reset lesson %1?', lesson.id),
    body: trans.__(
      'The notebook goes back to the original. Your version stays beside it under a new name, and your progress stays as it is.'
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Reset') }),
    ],
  });
  return button.accept;
}

function noCourse(trans: TranslationBundle): string {
  return trans.__('There is no course in this folder. Start it with: dcwidgets lab');
}
