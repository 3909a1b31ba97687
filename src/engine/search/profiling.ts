import { fileURLToPath } from 'node:url';
import { quantise } from '../../export/int8/quantise.ts';
import { exportOnnx } from '../../export/onnx.ts';
import type { Measure } from '../../latency/measure.ts';
import { type BuildModel, type Profile, profile } from '../../latency/profile.ts';
import { measureIn, type Profiler } from '../../latency/profilerClient.ts';
import type { ProfilerPrograms } from '../../latency/targets/kind.ts';
import { fingerprintOf, profilerOf } from '../../latency/targets/registry.ts';
import type { Fingerprint, RunOptions } from '../../latency/targets/target.ts';
import { inferenceNetwork, placeholderNumbers, type TrainedNumbers } from '../../search/inference.ts';
import type { MeasuredDevice } from '../../space/devices.ts';
import type { LayerGraph } from '../../space/layerGraph.ts';
import type { SearchSpace } from '../../space/searchSpace.ts';
import { pausable } from '../control/pausableMeasure.ts';
import type { RunControl } from '../control/runControl.ts';
import type { Reporter } from '../reporter.ts';
import { folders } from '../workspace.ts';

/** The model of a network as the device runs it, with a fixed batch: in its precision. */
export function deployedModel(
  layers: LayerGraph,
  numbers: TrainedNumbers,
  batch: number,
  { precision }: Pick<MeasuredDevice, 'precision'>,
): Uint8Array {
  const { graph, constants } = inferenceNetwork(layers, numbers, batch);
  const bytes = exportOnnx(graph, constants, { freeBatch: false });
  // Usual ranges will do: integers take the same time whatever they stand for.
  return precision === 'int8' ? quantise(bytes) : bytes;
}

/** Makes the model that is measured for a network not trained yet: the same exporter, placeholder weights. */
export function modelsFor(device: Pick<MeasuredDevice, 'precision'>): BuildModel {
  return (layers, batch) => deployedModel(layers, placeholderNumbers(layers), batch, device);
}

const built = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Beside the engine's own file. */
const programs: ProfilerPrograms = {
  profiler: built('./profiler.js'),
  agent: built('./profilerAgent.js'),
  page: built('./browser'),
};

/** What the device is. @throws UserError when it cannot be had, saying what to do */
export function deviceFingerprint(device: MeasuredDevice, options: RunOptions): Promise<Fingerprint> {
  return fingerprintOf(device, programs, options);
}

/** What measures there, outside the engine: a crash costs nothing. */
export function deviceProfiler(device: MeasuredDevice): Profiler {
  return profilerOf(device, programs);
}

/** Measures there, but for pauses. */
export function deviceMeasure(device: MeasuredDevice, control: RunControl): Measure {
  return pausable(measureIn(deviceProfiler(device)), control);
}

/** The latency table of a space on its device, measured now or before. */
export function profileSpace(
  space: SearchSpace,
  device: MeasuredDevice,
  reporter: Reporter,
  { again = false, seed = 1 } = {},
): Promise<Profile> {
  return profile(
    space,
    {
      buildModel: modelsFor(device),
      fingerprint: options => deviceFingerprint(device, options),
      measure: deviceMeasure(device, reporter.control),
    },
    {
      folder: folders.latency,
      again,
      seed,
      onProgress: ({ stage, share }) =>
        reporter.progress('profile', stage === 'operators' ? share * 0.3 : 0.3 + share * 0.7, `measuring ${stage}`),
    },
  );
}
