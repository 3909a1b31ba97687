import { RunFold } from '../../../../src/extension/runs/runFold.ts';
import { spaceOfStart } from '../../../../src/extension/runs/spaceOfLog.ts';
import type { RunEvent } from '../../../../src/protocol/events.ts';
import type { RunView } from '../../../../src/protocol/viewer.ts';
import { start } from '../runs/exampleLog.ts';

/** A view of the example's run. */
export function runView(changes: Partial<RunView> = {}): RunView {
  const fold = new RunFold();
  fold.apply(start);
  return {
    id: 'run',
    name: 'tiny',
    startedAt: '',
    seed: 3,
    dataset: 'digits',
    trusted: true,
    resumable: false,
    device: 'here',
    space: spaceOfStart(start as Extract<RunEvent, { type: 'start' }>),
    vitals: {
      phase: 'searching',
      fraction: 0,
      text: '',
      etaSeconds: null,
      imagesPerSecond: null,
      memoryMb: null,
      energy: null,
    },
    live: fold.live(),
    restrictions: fold.restrictions,
    derived: null,
    pareto: [],
    inherited: null,
    tableCheck: [],
    deviceComparison: null,
    warnings: [],
    failure: null,
    ...changes,
  };
}
