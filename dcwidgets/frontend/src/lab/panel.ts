import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin,
} from '@jupyterlab/application';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { make, repaint } from './dom';
import { courseIcon } from './icon';
import { paintCourse, type Actions } from './paint';
import { Commands, ICourse, PANEL } from './tokens';

const GREETED = 'dcwidgets:greeted';

/** The *Course* side panel: where the learner stands, and what comes next. */
export class CoursePanel extends Widget {
  constructor(
    private readonly course: ICourse,
    private readonly actions: Actions,
    private readonly trans: TranslationBundle
  ) {
    super();
    this.id = PANEL;
    this.addClass('dcw-course');
    this.title.icon = courseIcon;
    this.title.caption = trans.__('Course');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Course'));
    const logo = courseIcon.element({ tag: 'span', className: 'dcw-course-logo' });
    const heading = make('h2', '', {}, trans.__('Course'));
    this.node.append(make('header', 'dcw-course-head', {}, logo, heading), this.body);
    course.changed.connect(() => this.paint(), this);
    this.paint();
  }

  private paint(): void {
    repaint(this.body, ...paintCourse(this.course.view, this.actions, this.trans));
  }

  private readonly body = make('div', 'dcw-course-body');
}

/** Show the panel by itself once per workspace, where there is a course to show. */
async function greet(app: JupyterFrontEnd, course: ICourse, state: IStateDB | null): Promise<void> {
  await app.restored;
  await course.refresh();
  if (course.view.folder === null || (await state?.fetch(GREETED)) === true) {
    return;
  }
  app.shell.activateById(PANEL);
  await state?.save(GREETED, true);
}

export const panelPlugin: JupyterFrontEndPlugin<void> = {
  id: 'dcwidgets:panel',
  description: 'The Course side panel.',
  autoStart: true,
  requires: [ICourse],
  optional: [ITranslator, ILayoutRestorer, IStateDB],
  activate: (
    app: JupyterFrontEnd,
    course: ICourse,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    state: IStateDB | null
  ) => {
    const trans = (translator ?? nullTranslator).load('dcwidgets');
    const run = (command: string, lesson?: string): void => {
      void app.commands.execute(command, lesson ? { lesson } : {});
    };
    const panel = new CoursePanel(
      course,
      {
        open: (lesson) => run(Commands.open, lesson.id),
        reset: (lesson) => run(Commands.reset, lesson.id),
        ledger: () => run(Commands.ledger),
        exportProgress: () => run(Commands.progress),
      },
      trans
    );
    app.shell.add(panel, 'left', { rank: 150 });
    restorer?.add(panel, PANEL);
    void greet(app, course, state);
  },
};
