import { fileURLToPath } from 'node:url';
import { UserError } from '../../base/errors.ts';
import { exportOnnx } from '../../export/onnx.ts';
import { fastestChoice } from '../../latency/choose.ts';
import type { Measure } from '../../latency/measure.ts';
import type { LatencyPredictor } from '../../latency/predictor.ts';
import { type BuildModel, type Profile, profile } from '../../latency/profile.ts';
import { profilerProcess } from '../../latency/profilerClient.ts';
import { targetNamed } from '../../latency/targets/registry.ts';
import { inferenceNetwork, placeholderNumbers } from '../../search/inference.ts';
import type { LatencyCosts } from '../../search/steps.ts';
import type { SearchSpace } from '../../space/searchSpace.ts';
import type { Reporter } from '../reporter.ts';
import { folders } from '../workspace.ts';

/** The model that is measured for a network not trained yet: the same exporter, placeholder weights. */
export const buildModel: BuildModel = (layers, batch) => {
  const { graph, constants } = inferenceNetwork(layers, placeholderNumbers(layers), batch);
  return exportOnnx(graph, constants, { freeBatch: false });
};

/** Measures in a process of its own beside the engine: a crash there costs nothing. */
export function deviceMeasure(device: string): Measure {
  return profilerProcess({ script: fileURLToPath(new URL('./profiler.js', import.meta.url)), target: device });
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
    { buildModel, target: targetNamed(device), measure: deviceMeasure(device) },
    {
      folder: folders.latency,
      again,
      seed,
      onProgress: ({ stage, share }) =>
        reporter.progress('profile', stage === 'operators' ? share * 0.3 : 0.3 + share * 0.7, `measuring ${stage}`),
    },
  );
}

/** @throws UserError when no network of the space is as fast as the target */
export function checkTarget(predictor: LatencyPredictor, targetMs: number): number {
  const smallest = fastestChoice(predictor).latencyMs;
  if (smallest > targetMs)
    throw new UserError(
      `the target of ${targetMs} ms is below the smallest network of the space, which takes ${smallest.toFixed(3)} ms on this device: raise the target or add smaller operators`,
    );
  return smallest;
}

/** The costs the search differentiates: by choice block, everything else fixed. */
export function latencyCosts({ costsMs, fixedMs }: LatencyPredictor): LatencyCosts {
  return { fixedMs, choices: costsMs.filter(block => block.length > 1) };
}
