import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILauncher } from '@jupyterlab/launcher';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { courseIcon } from './icon';
import { Commands } from './tokens';

const CONTINUE = 'dcwidgets:continue-course';

export const launcherPlugin: JupyterFrontEndPlugin<void> = {
  id: 'dcwidgets:launcher',
  description: 'A card in the launcher that goes on with the course.',
  autoStart: true,
  requires: [ILauncher],
  optional: [ITranslator],
  activate: (app: JupyterFrontEnd, launcher: ILauncher, translator: ITranslator | null) => {
    const trans = (translator ?? nullTranslator).load('dcwidgets');
    app.commands.addCommand(CONTINUE, {
      label: trans.__('Continue the Course'),
      caption: trans.__('Open the panel and the lesson to go on with'),
      icon: courseIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: async () => {
        await app.commands.execute(Commands.panel);
        await app.commands.execute(Commands.next);
      },
    });
    launcher.add({ command: CONTINUE, category: trans.__('Course'), categoryRank: -1, rank: 0 });
  },
};
