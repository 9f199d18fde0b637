import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';

import type { CourseView } from './view';

/** The course that the panel shows and the commands act on. */
export interface ICourse {
  readonly view: CourseView;
  /** Emitted when what is shown has changed. */
  readonly changed: ISignal<ICourse, CourseView>;
  /** Read the folder again; calls while a reading is under way share the next one. */
  refresh(): Promise<void>;
  /** Tell which document is in front (empty: none), and look for the course beside it first. */
  follow(path: string): Promise<void>;
  /** The text of a file in the learner's work folder, empty where there is none. */
  readWork(name: string): Promise<string>;
  /** Path from the server's root of a file in the course folder. */
  path(...names: string[]): string;
}

export const ICourse = new Token<ICourse>(
  'dcwidgets:ICourse',
  'The lessons, the progress through them, and the folder they lie in.'
);

export const PLUGIN = 'dcwidgets:plugin';
export const PANEL = 'dcwidgets-course';

export const Commands = {
  open: 'dcwidgets:open-lesson',
  next: 'dcwidgets:next-lesson',
  reset: 'dcwidgets:reset-lesson',
  ledger: 'dcwidgets:show-ledger',
  progress: 'dcwidgets:export-progress',
  panel: 'dcwidgets:show-course',
} as const;
