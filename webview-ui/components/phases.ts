import type { RunPhase } from '../../src/protocol/viewerNames.ts';
import { t } from '../state/text.ts';

/** A phase in a word, and whether the run is on its way, at rest, done, or in trouble. */
export const phases: Record<RunPhase, { word: string; tone: 'busy' | 'rest' | 'good' | 'bad' }> = {
  loading: { word: t('Loading data'), tone: 'busy' },
  profiling: { word: t('Profiling'), tone: 'busy' },
  searching: { word: t('Searching'), tone: 'busy' },
  paused: { word: t('Paused'), tone: 'rest' },
  deriving: { word: t('Deriving'), tone: 'busy' },
  training: { word: t('Training'), tone: 'busy' },
  done: { word: t('Done'), tone: 'good' },
  stopped: { word: t('Stopped'), tone: 'rest' },
  failed: { word: t('Failed'), tone: 'bad' },
  crashed: { word: t('Interrupted'), tone: 'bad' },
};
