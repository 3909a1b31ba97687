import { type RunPhase, trustedActions, type ViewerAction } from '../../src/protocol/viewerNames.ts';
import type { RunState } from '../state/run.ts';
import { t } from '../state/text.ts';
import type { IconName } from './icon.tsx';

/** How the page offers an action. */
export interface ActionButton {
  action: ViewerAction;
  label: string;
  icon: IconName;
}

const buttons = {
  pause: { label: t('Pause'), icon: 'pause' },
  resume: { label: t('Resume'), icon: 'start' },
  stop: { label: t('Stop'), icon: 'stop' },
  relaunch: { label: t('Relaunch'), icon: 'restart' },
  derive: { label: t('Derive'), icon: 'derive' },
  train: { label: t('Train'), icon: 'train' },
  export: { label: t('Export'), icon: 'exportModel' },
  openReport: { label: t('Report'), icon: 'report' },
  openSpace: { label: t('Open the search space'), icon: 'file' },
  showLog: { label: t('Log'), icon: 'log' },
  resumeInterrupted: { label: t('Resume Run'), icon: 'next' },
  compareDevices: { label: t('Compare Devices'), icon: 'chip' },
  compare: { label: t('Compare with another run'), icon: 'compare' },
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

/** The buttons of a run as it stands: the first is the one most people want next. */
export function actionsOf({ vitals, trusted, resumable }: RunState): ActionButton[] {
  return offered[vitals.value.phase]
    .filter(action => trusted.value || !trustedActions.has(action))
    .filter(action => resumable.value || action !== 'resumeInterrupted')
    .map(buttonOf);
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
