import type { JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { make } from './dom';
import { courseIcon } from './icon';
import { paintLedger, parseLedger } from './ledger';
import type { ICourse } from './tokens';

/** The table of scores, in the main area, drawn anew as scores arrive. */
class LedgerView extends Widget {
  constructor(
    private readonly course: ICourse,
    private readonly trans: TranslationBundle
  ) {
    super();
    this.addClass('dcw-ledger');
    this.node.tabIndex = 0; // so that the arrows scroll it
    course.changed.connect(() => void this.paint(), this);
    void this.paint();
  }

  private async paint(): Promise<void> {
    const rows = parseLedger(await this.course.readWork('ledger.jsonl'));
    this.node.replaceChildren(make('div', '', {}, ...paintLedger(rows, this.trans)));
  }
}

/** Bring the table of scores to the front, made if need be. */
export function showLedger(app: JupyterFrontEnd, course: ICourse, trans: TranslationBundle): void {
  const id = 'dcwidgets-ledger';
  if (![...app.shell.widgets('main')].some((widget) => widget.id === id)) {
    const widget = new MainAreaWidget({ content: new LedgerView(course, trans) });
    widget.id = id;
    widget.title.label = trans.__('Ledger');
    widget.title.icon = courseIcon;
    app.shell.add(widget, 'main', { mode: 'tab-after' });
  }
  app.shell.activateById(id);
}
