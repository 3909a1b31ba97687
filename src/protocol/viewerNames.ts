/** Names that the viewer's page and the extension host share, apart from the schemas: the page does without zod. */

export const VIEWER_VERSION = 3;

export const runPhases = [
  'loading',
  'profiling',
  'searching',
  'paused',
  'deriving',
  'training',
  'done',
  'stopped',
  'failed',
  /** The engine process ended without a word: the run can be resumed. */
  'crashed',
] as const;

/** Series by step, at most a few thousand points each, thinned by the host for the range that is looked at. */
export const curveNames = ['loss', 'trainAccuracy', 'validationAccuracy', 'expectedMs', 'entropy', 'energy'] as const;

export const viewerActions = [
  'pause',
  'resume',
  'stop',
  'relaunch',
  'derive',
  'train',
  'export',
  'openReport',
  'openSpace',
  'showLog',
  'resumeInterrupted',
  /** Choose devices to set side by side. */
  'compareDevices',
  /** Choose a run to stand beside this one; the answer is the message `compare`. */
  'compare',
] as const;

/** Actions that run a search-space file or write a run: not offered in a folder that is not trusted. */
export const trustedActions: ReadonlySet<ViewerAction> = new Set([
  'relaunch',
  'derive',
  'train',
  'export',
  'resumeInterrupted',
  'compareDevices',
] as const);

export type RunPhase = (typeof runPhases)[number];
export type CurveName = (typeof curveNames)[number];
export type ViewerAction = (typeof viewerActions)[number];
