import type { ViewerAction } from '../protocol/viewerNames.ts';

/**
 * Every id that VS Code knows of us, in one table: what `package.json` declares and what the code registers. A test
 * holds the two together.
 */

export const commandIds = {
  startSearch: 'proxyless.startSearch',
  relaunch: 'proxyless.relaunch',
  pause: 'proxyless.pause',
  resume: 'proxyless.resume',
  stop: 'proxyless.stop',
  profile: 'proxyless.profile',
  newSpace: 'proxyless.newSpace',
  openViewer: 'proxyless.openViewer',
  compareRuns: 'proxyless.compareRuns',
  derive: 'proxyless.derive',
  train: 'proxyless.train',
  export: 'proxyless.export',
  openReport: 'proxyless.openReport',
  openSpace: 'proxyless.openSpace',
  manageDevices: 'proxyless.manageDevices',
  findDevices: 'proxyless.findDevices',
  compareDevices: 'proxyless.compareDevices',
  resumeRun: 'proxyless.resumeRun',
  showLog: 'proxyless.showLog',
  refresh: 'proxyless.refresh',
  revealFolder: 'proxyless.revealFolder',
  deleteRun: 'proxyless.deleteRun',
  deleteProfile: 'proxyless.deleteProfile',
} as const;

export type CommandName = keyof typeof commandIds;
export type CommandId = (typeof commandIds)[CommandName];

/** Commands that run a search-space file or change what is on the disk; they are refused where the folder is not trusted. */
export const trustedCommands: ReadonlySet<CommandName> = new Set([
  'startSearch',
  'relaunch',
  'resumeRun',
  'profile',
  'derive',
  'train',
  'export',
  'newSpace',
  'findDevices',
  'compareDevices',
  'deleteRun',
  'deleteProfile',
] as const);

/** The command behind each of the viewer's buttons. */
export const viewerCommands: Readonly<Record<ViewerAction, CommandName>> = {
  pause: 'pause',
  resume: 'resume',
  stop: 'stop',
  relaunch: 'relaunch',
  derive: 'derive',
  train: 'train',
  export: 'export',
  openReport: 'openReport',
  openSpace: 'openSpace',
  showLog: 'showLog',
  resumeInterrupted: 'resumeRun',
  compareDevices: 'compareDevices',
  compare: 'compareRuns',
};

export const viewIds = {
  runs: 'proxyless.runs',
  devices: 'proxyless.devices',
  models: 'proxyless.models',
} as const;

/** Type of the viewer's panel, by which VS Code restores it after a reload. */
export const VIEWER_PANEL = 'proxyless.viewer';

export const WALKTHROUGH = 'firstNetwork';

/** Keys of `when` clauses. */
export const contextKeys = {
  /** What this window's engine does: `idle`, `working` (nothing that can be paused), `running`, `paused`, `stopping`. */
  work: 'proxyless.work',
  hasRuns: 'proxyless.hasRuns',
  /** A run ended before its work was done and can be gone on with. */
  hasInterrupted: 'proxyless.hasInterrupted',
} as const;

export const settingNames = {
  seed: 'search.seed',
  threads: 'engine.threads',
  nodePath: 'engine.nodePath',
  openViewer: 'viewer.openOnStart',
} as const;

export const SETTINGS = 'proxyless';

/** Language by which VS Code knows a search-space file until it is made TypeScript. */
export const SPACE_LANGUAGE = 'nas-typescript';

/** Name's end of a search-space file, and the pattern that finds them. */
export const SPACE_SUFFIX = '.nas.ts';
export const SPACE_PATTERN = '**/*.nas.ts';
