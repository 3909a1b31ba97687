import { setImmediate as otherWork } from 'node:timers/promises';
import type { LatencyPredictor } from '../../latency/predictor.ts';
import type { RunEvent } from '../../protocol/events.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { type SearchEvent, search, weightStepsOf } from '../../search/proxyless.ts';
import type { Supernet } from '../../search/supernet.ts';
import { deriveNetwork, macs } from '../../space/analysis.ts';
import { evaluateNetwork } from '../../training/train.ts';
import type { Reporter } from '../reporter.ts';
import type { RunData, Settings } from '../workspace.ts';
import type { DeriveTools } from './derive.ts';
import { latencyCosts } from './profiling.ts';

/** Numbers in the log keep six digits: it is read by people and drawn, not computed with. */
const short = (value: number) => Number(value.toPrecision(6));

/** Runs the search over the real data; every step goes to the log, progress to who asked. @returns alphas by choice block */
export async function runSearch(
  supernet: Supernet,
  runtime: Runtime,
  { space, seed }: Settings,
  data: RunData,
  predictor: LatencyPredictor,
  reporter: Reporter,
): Promise<number[][]> {
  const total = weightStepsOf(space, data.weights.indices.length);
  const { targetMs } = space.objective.latency;
  let expected = Number.NaN;
  let accuracy = 0;
  const onEvent = (event: SearchEvent) => {
    reporter.event(logged(event, space.blocks.length, supernet, predictor));
    if (event.kind === 'architecture') expected = event.result.expectedMs;
    if (event.kind === 'weights') accuracy += 0.05 * (event.accuracy - accuracy);
    if (event.kind !== 'weights') return;
    const phase = event.warmup ? 'warm-up' : 'search';
    const latency = Number.isNaN(expected) ? '' : `, E[latency] ${expected.toFixed(3)} of ${targetMs} ms`;
    const text = `${phase} epoch ${event.epoch + 1}, accuracy ${(accuracy * 100).toFixed(1)} %${latency}`;
    reporter.progress('search', (event.step + 1) / total, text);
  };
  const costs = latencyCosts(predictor);
  await search(runtime, supernet, data, { targetMs, costs, seed, onEvent, breathe: () => otherWork() });
  return supernet.choices.map(({ architecture }) => [...architecture.alpha]);
}

/** Held-out images that networks are compared on, and how many at a time. */
const JUDGED_IMAGES = 2048;
const JUDGED_BATCH = 256;

/** Cross-entropy of a path of the supernet on held-out images. */
export function judgeOf(supernet: Supernet, runtime: Runtime, data: RunData): DeriveTools['judge'] {
  const images = { ...data.architecture, indices: data.architecture.indices.subarray(0, JUDGED_IMAGES) };
  return async choices => {
    const own = choices.filter((_, block) => supernet.blocks[block].architecture);
    const parts = supernet.path(own).map(({ part }) => part);
    return (await evaluateNetwork(runtime, parts, images, JUDGED_BATCH, 'batch')).crossEntropy;
  };
}

function logged(event: SearchEvent, blocks: number, supernet: Supernet, predictor: LatencyPredictor): RunEvent {
  if (event.kind === 'weights') {
    const { kind: type, loss, accuracy, rate, ...rest } = event;
    return { type, ...rest, loss: short(loss), accuracy: short(accuracy), rate: short(rate) };
  }
  if (event.kind === 'architecture') {
    const { step, epoch, lambda, result } = event;
    const pulls = result.pulls.map(pull =>
      pull
        ? {
            indices: [...pull.indices],
            active: pull.active,
            accuracy: [...pull.accuracy].map(short),
            latency: [...pull.latency].map(short),
          }
        : null,
    );
    const { crossEntropy, loss, expectedMs } = result;
    return {
      type: 'architecture',
      step,
      epoch,
      crossEntropy: short(crossEntropy),
      loss: short(loss),
      expectedMs: short(expectedMs),
      lambda: short(lambda),
      pulls,
    };
  }
  const { epoch, warmup, validation, expectedMs, entropy, alphas } = event;
  const whole = wholeChoices(supernet, validation.choices, blocks);
  return {
    type: 'epoch',
    epoch,
    warmup,
    accuracy: short(validation.accuracy),
    crossEntropy: short(validation.crossEntropy),
    choices: validation.choices,
    predictedMs: short(predictor.predict(whole)),
    macs: macs(deriveNetwork(supernet.space, whole)),
    expectedMs: short(expectedMs),
    entropy: short(entropy),
    alphas: alphas.map(row => row.map(short)),
  };
}

/** From choices by choice block to one per block of the space, 0 where there is no choice. */
function wholeChoices(supernet: Supernet, choices: readonly number[], blocks: number): number[] {
  let next = 0;
  return Array.from({ length: blocks }, (_, i) => (supernet.blocks[i].architecture ? choices[next++] : 0));
}
