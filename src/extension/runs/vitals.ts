import type { RunPhase, Vitals } from '../../protocol/viewer.ts';
import type { Work } from '../engine/work.ts';
import type { RunFold } from './runFold.ts';
import type { RunState } from './runSummary.ts';

/** Stages as the engine reports them. */
const phases: Readonly<Record<string, RunPhase>> = {
  data: 'loading',
  profile: 'profiling',
  search: 'searching',
  derive: 'deriving',
  trace: 'deriving',
  train: 'training',
  baselines: 'training',
  measure: 'training',
  export: 'training',
};

/**
 * How the process does that works on a run; where none of this window's does, how the run stands.
 *
 * @param state how the folder says it stands
 */
export function vitalsOf(work: Work | undefined, fold: RunFold, state: RunState): Vitals {
  if (work) return workVitals(work, fold);
  const phase = phaseOf(fold, state);
  const fraction = phase === 'done' ? 1 : fold.steps > 0 ? Math.min(1, fold.live().step / fold.steps) : 0;
  return { phase, fraction, text: '', etaSeconds: null, imagesPerSecond: null, memoryMb: null, energy: fold.energy };
}

function workVitals(work: Work, fold: RunFold): Vitals {
  const { outcome, stage, heartbeat } = work;
  const { energy } = fold;
  if (outcome) return { ...idle, energy, phase: endPhases[outcome.type], fraction: outcome.type === 'result' ? 1 : 0 };
  const running = phases[stage?.stage ?? ''] ?? phases[fold.stage] ?? 'loading';
  return {
    phase: work.phase === 'paused' ? 'paused' : running,
    fraction: stage?.fraction ?? 0,
    text: stage?.text ?? '',
    etaSeconds: (work.phase === 'paused' ? undefined : stage?.leftSeconds) ?? null,
    imagesPerSecond: heartbeat?.imagesPerSecond ?? null,
    memoryMb: heartbeat?.rssMb ?? null,
    energy: heartbeat?.energy ?? energy,
  };
}

const idle = { text: '', etaSeconds: null, imagesPerSecond: null, memoryMb: null };
const endPhases = { result: 'done', stopped: 'stopped', failure: 'failed', died: 'crashed' } as const;

function phaseOf(fold: RunFold, state: RunState): RunPhase {
  switch (state) {
    case 'running':
      return fold.paused ? 'paused' : (phases[fold.stage] ?? 'loading');
    case 'done':
    case 'stopped':
      return state;
    case 'interrupted':
      return 'crashed';
  }
}
