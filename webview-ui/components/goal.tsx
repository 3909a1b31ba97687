import type { VNode } from 'preact';
import { formatMs, formatShare } from '../state/format.ts';
import type { RunState } from '../state/run.ts';
import { rich } from '../state/text.ts';

/** In a sentence: what is looked for, within which latency, on which machine; or what was found. */
export function Goal({ run }: { run: RunState }) {
  const { targetMs } = run.space.value;
  const device = run.device.value;
  if (targetMs <= 0) return null;
  return (
    <p class="goal">
      {sentence(run)}
      {device !== '' && <span class="muted device"> {rich('Measured on {0}.', device)}</span>}
    </p>
  );
}

function sentence(run: RunState): VNode {
  const target = <strong>{formatMs(run.space.value.targetMs)}</strong>;
  const data = run.dataset.value;
  const derived = run.derived.value;
  if (derived) {
    const latency = <strong>{formatMs(derived.measuredMs)}</strong>;
    if (derived.testAccuracy === null)
      return rich('Found a network of {0}, for a target of {1}; it is not trained yet.', latency, target);
    const accuracy = <strong>{formatShare(derived.testAccuracy, 2)}</strong>;
    return data === ''
      ? rich('Found a network with {0} test accuracy at {1}, for a target of {2}.', accuracy, latency, target)
      : rich(
          'Found a network for {3}: {0} test accuracy at {1}, for a target of {2}.',
          accuracy,
          latency,
          target,
          data,
        );
  }
  return data === ''
    ? rich('Wanted: the most accurate network that takes at most {0}.', target)
    : rich('Wanted: the most accurate network for {1} that takes at most {0}.', target, data);
}
