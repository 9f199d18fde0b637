import { badgePlugin } from './badge';
import { commandsPlugin } from './commands';
import { launcherPlugin } from './launcher';
import { panelPlugin } from './panel';
import { coursePlugin, standInPlugin } from './plugin';

export default [
  coursePlugin,
  panelPlugin,
  commandsPlugin,
  launcherPlugin,
  badgePlugin,
  standInPlugin,
];
