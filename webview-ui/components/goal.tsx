import type { VNode } from 'preact';
import type { DerivedView } from '../../src/protocol/viewer.ts';
import { limitsText } from '../state/costs.ts';
import { formatMs, formatShare } from '../state/format.ts';
import type { RunState } from '../state/run.ts';
import { rich } from '../state/text.ts';

/** In a sentence: what is looked for, within which limits, on which machine; or what was found. */
export function Goal({ run }: { run: RunState }) {
  const limits = limitsText(run.space.value);
  if (limits === '') return null;
  const data = run.dataset.value;
  const derived = run.derived.value;
  const most = <strong>{limits}</strong>;
  return (
    <p class="goal">
      {derived ? found(derived, most, data) : wanted(most, data)}
      <Source run={run} />
    </p>
  );
}

/** Where the latencies are from, where any are asked for. */
function Source({ run }: { run: RunState }) {
  const { targetMs, predictedBy } = run.space.value;
  const device = run.device.value;
  if (targetMs === undefined || (device === '' && predictedBy === undefined)) return null;
  return (
    <span class="muted device">
      {' '}
      {predictedBy === undefined
        ? rich('Measured on {0}.', device)
        : rich('Predicted by the table of {0}, not measured.', predictedBy)}
    </span>
  );
}

function wanted(most: VNode, data: string): VNode {
  return data === ''
    ? rich('Wanted: the most accurate network that takes at most {0}.', most)
    : rich('Wanted: the most accurate network for {1} that takes at most {0}.', most, data);
}

function found({ testAccuracy, measuredMs, predictedMs }: DerivedView, most: VNode, data: string): VNode {
  const ms = measuredMs ?? predictedMs;
  const latency = ms !== null && <strong>{formatMs(ms)}</strong>;
  if (testAccuracy === null)
    return latency
      ? rich('Found a network of {0}, for a target of {1}; it is not trained yet.', latency, most)
      : rich('Found a network that takes at most {0}; it is not trained yet.', most);
  const accuracy = <strong>{formatShare(testAccuracy, 2)}</strong>;
  if (!latency)
    return data === ''
      ? rich('Found a network with {0} test accuracy that takes at most {1}.', accuracy, most)
      : rich('Found a network for {2}: {0} test accuracy with at most {1}.', accuracy, most, data);
  return data === ''
    ? rich('Found a network with {0} test accuracy at {1}, for a target of {2}.', accuracy, latency, most)
    : rich('Found a network for {3}: {0} test accuracy at {1}, for a target of {2}.', accuracy, latency, most, data);
}
