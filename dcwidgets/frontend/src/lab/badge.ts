import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IDocumentManager } from '@jupyterlab/docmanager';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { Kernel } from '@jupyterlab/services';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import { askDevice } from './device';
import { followDocuments } from './documents';
import { make } from './dom';
import { courseIcon } from './icon';
import { ICourse, PLUGIN } from './tokens';

type Context = DocumentRegistry.Context;

/** Names what the kernel in front computes on; asks each kernel once, and only while it is idle. */
export class DeviceBadge extends Widget {
  constructor(private readonly trans: TranslationBundle) {
    super();
    this.addClass('dcw-badge');
    this.node.append(
      courseIcon.element({ tag: 'span', className: 'dcw-badge-icon' }),
      (this.text = make('span', '', {}))
    );
  }

  readonly activeChanged = new Signal<this, void>(this);

  get active(): boolean {
    return this.wanted && this.text.textContent !== '';
  }

  setWanted(wanted: boolean): void {
    this.wanted = wanted;
    this.activeChanged.emit();
  }

  front(context: Context | null): void {
    this.context = context;
    this.paint();
    void this.ask(context);
  }

  kernel(context: Context, status: Kernel.Status): void {
    const id = context.sessionContext.session?.kernel?.id;
    if (id && (status === 'restarting' || status === 'autorestarting')) {
      this.devices.delete(id);
    }
    if (context === this.context && status === 'idle') {
      void this.ask(context);
    }
  }

  /** A lesson has loaded its backend, which may see less than the driver does: ask again. */
  forget(): void {
    this.devices.clear();
    void this.ask(this.context);
  }

  private async ask(context: Context | null): Promise<void> {
    const kernel = context?.sessionContext.session?.kernel;
    if (!kernel || !this.wanted || this.devices.has(kernel.id) || kernel.status !== 'idle') {
      this.paint();
      return;
    }
    this.devices.set(kernel.id, ''); // one question a kernel, answered or not
    const python = (await kernel.spec)?.language === 'python';
    const device = python ? await askDevice(kernel).catch(() => '') : '';
    if (device === null) {
      this.devices.delete(kernel.id); // it has begun to work: the next idle asks again
    } else {
      this.devices.set(kernel.id, device);
    }
    this.paint();
  }

  private paint(): void {
    const id = this.context?.sessionContext.session?.kernel?.id ?? '';
    const device = this.devices.get(id) ?? '';
    this.text.textContent = device;
    this.node.title = this.trans.__('This notebook’s kernel computes on: %1', device);
    this.activeChanged.emit();
  }

  private wanted = true;
  private context: Context | null = null;
  private readonly text: HTMLElement;
  private readonly devices = new Map<string, string>();
}

async function followSetting(
  app: JupyterFrontEnd,
  settings: ISettingRegistry,
  badge: DeviceBadge
): Promise<void> {
  const [setting] = await Promise.all([settings.load(PLUGIN), app.restored]);
  const apply = (): void => badge.setWanted(setting.get('showBadge').composite !== false);
  setting.changed.connect(apply);
  apply();
}

export const badgePlugin: JupyterFrontEndPlugin<void> = {
  id: 'dcwidgets:badge',
  description: 'Names the kernel’s GPU or its CPU cores in the status bar.',
  autoStart: true,
  requires: [IStatusBar, IDocumentManager],
  optional: [ICourse, ISettingRegistry, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    statusBar: IStatusBar,
    documents: IDocumentManager,
    course: ICourse | null,
    settings: ISettingRegistry | null,
    translator: ITranslator | null
  ) => {
    const badge = new DeviceBadge((translator ?? nullTranslator).load('dcwidgets'));
    statusBar.registerStatusItem(badgePlugin.id, {
      item: badge,
      align: 'right',
      rank: 1,
      isActive: () => badge.active,
      activeStateChanged: badge.activeChanged,
    });
    followDocuments(app, documents, {
      front: (context) => badge.front(context),
      kernel: (context, status) => badge.kernel(context, status),
    });
    let opened = course?.view.opened ?? '';
    course?.changed.connect((_, view) => {
      if (view.opened !== opened) {
        opened = view.opened;
        badge.forget();
      }
    });
    if (settings) {
      void followSetting(app, settings, badge);
    }
  },
};
