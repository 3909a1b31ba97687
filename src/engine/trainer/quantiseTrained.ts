import { Random } from '../../base/random.ts';
import { evaluationBatches } from '../../data/batches.ts';
import { quantise } from '../../export/int8/quantise.ts';
import { observedModel, type Ranges, rangesOf } from '../../export/int8/ranges.ts';
import { exportOnnx } from '../../export/onnx.ts';
import { deviceName } from '../../latency/targets/target.ts';
import type { Quantised } from '../../protocol/devices.ts';
import { openInferenceModel } from '../../runtime/ort/inference.ts';
import { inferenceNetwork, type TrainedNumbers } from '../../search/inference.ts';
import { measuredGoal } from '../../space/devices.ts';
import type { LayerGraph } from '../../space/layerGraph.ts';
import type { TrainingData } from '../../training/train.ts';
import type { Reporter } from '../reporter.ts';
import { deviceFingerprint, deviceMeasure } from '../search/profiling.ts';
import { openRunData, type Settings } from '../workspace.ts';
import { evaluateModel } from './evaluateModel.ts';

const CALIBRATION_IMAGES = 512;
const CALIBRATION_BATCH = 64;
const MEASURING_SECONDS = 6;

/** Where the files are timed when the run's own device is not at hand. */
const THIS_PROCESSOR = { device: { target: 'cpu', precision: 'fp32' }, threads: 1, batch: 1 } as const;

interface Trained {
  settings: Settings;
  layers: LayerGraph;
  numbers: TrainedNumbers;
  /** Its exported model, with a free batch. */
  bytes: Uint8Array;
}

/** A trained network in 8 bits: calibrated on training images, tested and timed beside the one in fp32. */
export async function quantiseTrained(
  { settings, layers, numbers, bytes }: Trained,
  reporter: Reporter,
): Promise<{ model: Uint8Array; quantised: Quantised }> {
  const data = await openRunData(settings, reporter);
  reporter.progress('export', 0.1, 'ranges of the maps, on training images');
  const { ranges, images } = await calibrate(bytes, data.training, settings.threads);
  const model = quantise(bytes, ranges);
  const accuracy = async (tested: Uint8Array) => {
    const opened = await openInferenceModel(tested, { threads: settings.threads });
    const result = await evaluateModel(opened, data.test);
    await opened.release();
    return result.accuracy;
  };
  reporter.progress('export', 0.3, 'accuracy on the test images');
  const testAccuracy = { fp32: await accuracy(bytes), int8: await accuracy(model) };
  reporter.progress('export', 0.6, 'latency');
  const { device, threads, batch } = measuredGoal(settings.space.objective.latency) ?? THIS_PROCESSOR;
  const { graph, constants } = inferenceNetwork(layers, numbers, batch);
  const fp32 = exportOnnx(graph, constants, { freeBatch: false });
  const { measurements } = await deviceMeasure(device, reporter.control)(
    [
      { key: 'fp32', model: fp32 },
      { key: 'int8', model: quantise(fp32, ranges) },
    ],
    { threads, seed: 1, budgetSeconds: MEASURING_SECONDS, tolerance: 0.003 },
  );
  const msOf = new Map(measurements.map(({ key, medianMs }) => [key, medianMs]));
  const plain = { ...(await deviceFingerprint(device, { threads, batch })), precision: 'fp32' } as const;
  return {
    model,
    quantised: {
      calibrationImages: images,
      testAccuracy,
      latencyMs: { fp32: msOf.get('fp32') as number, int8: msOf.get('int8') as number },
      bytes: { fp32: bytes.length, int8: model.length },
      device: deviceName(plain),
    },
  };
}

/** Ranges over some of the images, in random order: files may be in the order of their classes. */
async function calibrate(
  bytes: Uint8Array,
  { set, indices, normalisation }: TrainingData,
  threads: number,
): Promise<{ ranges: Ranges; images: number }> {
  const shuffled = new Random(1, 'calibration').shuffle([...indices]);
  const chosen = Int32Array.from(shuffled.slice(0, CALIBRATION_IMAGES));
  const model = await openInferenceModel(observedModel(bytes), { threads });
  const extremes: Record<string, Float32Array>[] = [];
  for (const { images, labels } of evaluationBatches(set, chosen, { normalisation, batch: CALIBRATION_BATCH }))
    extremes.push(await model.run({ image: { values: images, dims: [labels.length, ...set.shape] } }));
  await model.release();
  return { ranges: rangesOf(extremes), images: chosen.length };
}
