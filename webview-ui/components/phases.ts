import type { RunPhase } from '../../src/protocol/viewerNames.ts';

/** A phase in a word, and whether the run is on its way, at rest, done, or in trouble. */
export const phases: Record<RunPhase, { word: string; tone: 'busy' | 'rest' | 'good' | 'bad' }> = {
  loading: { word: 'Loading data', tone: 'busy' },
  profiling: { word: 'Profiling', tone: 'busy' },
  searching: { word: 'Searching', tone: 'busy' },
  paused: { word: 'Paused', tone: 'rest' },
  deriving: { word: 'Deriving', tone: 'busy' },
  training: { word: 'Training', tone: 'busy' },
  done: { word: 'Done', tone: 'good' },
  stopped: { word: 'Stopped', tone: 'rest' },
  failed: { word: 'Failed', tone: 'bad' },
  crashed: { word: 'Interrupted', tone: 'bad' },
};
