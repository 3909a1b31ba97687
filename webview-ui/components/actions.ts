import type { RunPhase, ViewerAction } from '../../src/protocol/viewerNames.ts';
import type { IconName } from './icon.tsx';

/** How the page offers an action. */
export interface ActionButton {
  action: ViewerAction;
  label: string;
  icon: IconName;
}

const buttons = {
  pause: { label: 'Pause', icon: 'pause' },
  resume: { label: 'Resume', icon: 'start' },
  stop: { label: 'Stop', icon: 'stop' },
  relaunch: { label: 'Relaunch', icon: 'restart' },
  derive: { label: 'Derive', icon: 'derive' },
  train: { label: 'Train', icon: 'train' },
  export: { label: 'Export', icon: 'exportModel' },
  openReport: { label: 'Report', icon: 'report' },
  openSpace: { label: 'Open the search space', icon: 'file' },
  showLog: { label: 'Log', icon: 'log' },
  resumeInterrupted: { label: 'Resume Run', icon: 'next' },
  compare: { label: 'Compare with another run', icon: 'compare' },
} satisfies Record<ViewerAction, { label: string; icon: IconName }>;

/** What can be done in each phase, the most likely first. */
const offered: Record<RunPhase, readonly ViewerAction[]> = {
  loading: ['stop'],
  profiling: ['stop'],
  searching: ['pause', 'stop'],
  paused: ['resume', 'stop'],
  deriving: ['stop'],
  training: ['stop'],
  done: ['export', 'openReport', 'derive', 'train', 'relaunch'],
  stopped: ['resumeInterrupted', 'derive', 'relaunch'],
  failed: ['relaunch', 'showLog'],
  crashed: ['resumeInterrupted', 'showLog'],
};

/** The buttons of a phase: the first is the one most people want next. */
export function actionsOf(phase: RunPhase): ActionButton[] {
  return offered[phase].map(buttonOf);
}

/** What is always at hand, whatever the phase. */
export const everywhere: readonly ActionButton[] = [buttonOf('compare'), buttonOf('openSpace')];

/** An action with its label and icon. */
export function buttonOf(action: ViewerAction): ActionButton {
  return { action, ...buttons[action] };
}

/** True while the engine can be told to lock or ban a candidate. */
export function canSteer(phase: RunPhase): boolean {
  return phase === 'profiling' || phase === 'searching' || phase === 'paused';
}
