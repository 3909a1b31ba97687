import { UserError } from '../../base/errors.ts';
import { Random } from '../../base/random.ts';
import { exportOnnx } from '../../export/onnx.ts';
import { openInferenceModel } from '../../runtime/ort/inference.ts';
import { createOrtRuntime } from '../../runtime/ort/ortRuntime.ts';
import { inferenceNetwork, type TrainedNumbers } from '../../search/inference.ts';
import { partDefinition } from '../../search/layers.ts';
import { deriveNetwork, elements } from '../../space/analysis.ts';
import type { LayerGraph } from '../../space/layerGraph.ts';
import { Part } from '../../training/part.ts';
import { modelMetadata } from '../run/modelMetadata.ts';
import { openRun, readDerived } from '../run/record.ts';
import { readTensors, trainedNumbers } from '../run/weights.ts';
import { quantiseTrained } from '../trainer/quantiseTrained.ts';
import { CHECKED_IMAGES, compareExport } from '../trainer/verifyExport.ts';
import type { Command } from './command.ts';
import { withoutRun } from './withoutRun.ts';

export const exportCommand: Command<'export'> = async ({ run, format }, asked) => {
  if (format !== 'onnx' && format !== 'onnx-int8')
    throw new UserError(`there is no export format "${format}": use --format onnx or --format onnx-int8`);
  const { store, settings, dataset } = await openRun(run);
  const { choices } = readDerived(store, settings);
  const layers = deriveNetwork(settings.space, choices);
  const file = store.path('derived', 'weights.safetensors');
  const numbers = trainedNumbers(layers, readTensors(file, 'train the network first (proxyless train RUN)'));
  if (!numbers)
    throw new UserError(
      'the weights are of another network than the one derived last: train it (proxyless train RUN)',
      { file },
    );
  const { graph, constants } = inferenceNetwork(layers, numbers, 1);
  const metadata = modelMetadata('derived', settings.seed, dataset.normalisation);
  const bytes = exportOnnx(graph, constants, { freeBatch: true, metadata });
  if (format === 'onnx-int8') {
    const { model, quantised } = await quantiseTrained({ settings, layers, numbers, bytes }, withoutRun(asked));
    const difference = await checkExport(layers, numbers, model);
    store.writeFile('derived/model.int8.onnx', model);
    store.writeJson('derived/int8.json', quantised);
    return { command: 'export', file: store.path('derived', 'model.int8.onnx'), difference, quantised };
  }
  const difference = await checkExport(layers, numbers, bytes);
  store.writeFile('derived/model.onnx', bytes);
  return { command: 'export', file: store.path('derived', 'model.onnx'), difference };
};

/** Loads the exported model again and compares its logits with the network's, on random images. */
async function checkExport(layers: LayerGraph, numbers: TrainedNumbers, bytes: Uint8Array): Promise<number> {
  const runtime = await createOrtRuntime({ threads: 1 });
  const random = new Random(1, 'export check');
  const network = new Part(runtime, partDefinition(layers, false), random);
  network.load(numbers);
  const model = await openInferenceModel(bytes, { threads: 1 });
  const images = Float32Array.from({ length: CHECKED_IMAGES * elements(layers.input) }, () => random.normal());
  const difference = await compareExport(runtime, network, model, images);
  await model.release();
  await runtime.dispose();
  return difference;
}
