import { fileURLToPath } from 'node:url';
import { UserError } from '../../base/errors.ts';
import { exportOnnx } from '../../export/onnx.ts';
import { fastestChoice } from '../../latency/choose.ts';
import type { Measure } from '../../latency/measure.ts';
import { LatencyPredictor } from '../../latency/predictor.ts';
import { type BuildModel, type Profile, profile } from '../../latency/profile.ts';
import { type ProfilerOptions, profilerProcess } from '../../latency/profilerClient.ts';
import { targetNamed } from '../../latency/targets/registry.ts';
import { inferenceNetwork, placeholderNumbers } from '../../search/inference.ts';
import type { LatencyCosts } from '../../search/steps.ts';
import type { SearchSpace } from '../../space/searchSpace.ts';
import { pausable } from '../control/pausableMeasure.ts';
import type { RunControl } from '../control/runControl.ts';
import type { Reporter } from '../reporter.ts';
import { folders } from '../workspace.ts';

/** The model that is measured for a network not trained yet: the same exporter, placeholder weights. */
export const buildModel: BuildModel = (layers, batch) => {
  const { graph, constants } = inferenceNetwork(layers, placeholderNumbers(layers), batch);
  return exportOnnx(graph, constants, { freeBatch: false });
};

/** The process of its own beside the engine that measures: a crash there costs nothing. */
export function deviceProfiler(device: string): ProfilerOptions {
  return { script: fileURLToPath(new URL('./profiler.js', import.meta.url)), target: device };
}

/** Measures there, but for pauses. */
export function deviceMeasure(device: string, control: RunControl): Measure {
  return pausable(profilerProcess(deviceProfiler(device)), control);
}

/** The latency table of a space on its device, measured now or before. */
export function profileSpace(
  space: SearchSpace,
  reporter: Reporter,
  { again = false, seed = 1 } = {},
): Promise<Profile> {
  const { device } = space.objective.latency;
  return profile(
    space,
    { buildModel, target: targetNamed(device), measure: deviceMeasure(device, reporter.control) },
    {
      folder: folders.latency,
      again,
      seed,
      onProgress: ({ stage, share }) =>
        reporter.progress('profile', stage === 'operators' ? share * 0.3 : 0.3 + share * 0.7, `measuring ${stage}`),
    },
  );
}

/**
 * @param alphas by choice block, -Infinity for candidates that may not be taken
 * @returns what the fastest network takes, ms
 * @throws UserError when no network of the space is as fast as the target
 */
export function checkTarget(
  predictor: LatencyPredictor,
  targetMs: number,
  alphas?: readonly ArrayLike<number>[],
): number {
  const smallest = fastestChoice(alphas ? allowedOnly(predictor, alphas) : predictor).latencyMs;
  if (smallest <= targetMs) return smallest;
  const restricted = smallest > fastestChoice(predictor).latencyMs;
  throw new UserError(
    `the target of ${targetMs} ms is below the smallest network of the space${restricted ? ' that locks and bans leave' : ''}, which takes ${smallest.toFixed(3)} ms on this device: ` +
      (restricted ? 'lock or ban other operators' : 'raise the target or add smaller operators'),
  );
}

function allowedOnly({ costsMs, constantMs }: LatencyPredictor, alphas: readonly ArrayLike<number>[]) {
  let next = 0;
  const allowed = costsMs.map(block => {
    if (block.length === 1) return block;
    const alpha = alphas[next++];
    return block.filter((_, i) => alpha[i] !== Number.NEGATIVE_INFINITY);
  });
  return new LatencyPredictor(allowed, constantMs);
}

/** The costs the search differentiates: by choice block, everything else fixed. */
export function latencyCosts({ costsMs, fixedMs }: LatencyPredictor): LatencyCosts {
  return { fixedMs, choices: costsMs.filter(block => block.length > 1) };
}
