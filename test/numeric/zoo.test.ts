import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { compareExport } from '../../src/engine/trainer/verifyExport.ts';
import { exportOnnx } from '../../src/export/onnx.ts';
import { openInferenceModel } from '../../src/runtime/ort/inference.ts';
import { createOrtRuntime } from '../../src/runtime/ort/ortRuntime.ts';
import { inferenceNetwork } from '../../src/search/inference.ts';
import { partDefinition } from '../../src/search/layers.ts';
import { runChain, updatePart } from '../../src/training/chain.ts';
import { Part } from '../../src/training/part.ts';
import { smoothedTargets } from '../../src/training/targets.ts';
import { zooNetwork } from '../../src/zoo/zoo.ts';

const BATCH = 2;
const CLASSES = 1000;
const images = Float32Array.from(
  { length: BATCH * 3 * 224 * 224 },
  (_, i) => Math.sin(0.37 * i) + Math.sin(0.0031 * i),
);
const targets = smoothedTargets([3, 700], CLASSES, 0);

/** By how much the loss is to fall by a step along the gradient, if the network were linear. */
const FALL = 0.01;

// Those made of more than chains of convolutions; the others train as every derived network does.
describe.each(['darts-mobile', 'nasnet-a-mobile', 'mobilenet-v3-small'])('%s', name => {
  it('has the gradients of its loss, and exports as what it is', { timeout: 120_000 }, async () => {
    const layers = zooNetwork(name)!.build();
    const runtime = await createOrtRuntime({ threads: 1 });
    const part = new Part(runtime, partDefinition(layers, false), new Random(1, name));
    const step = () => {
      const random = new Random(1, 'the same dropout');
      const packed = runtime.pack(images, [BATCH, 3, 224, 224]);
      return runChain([part], packed, targets, { batch: BATCH, gradients: 'weights', random, updateRunning: true });
    };
    const before = await step();
    const slope = Object.entries(before.gradients[0])
      .filter(([key]) => /^d\d+$/.test(key))
      .reduce((sum, [, values]) => sum + values.reduce((squares, value) => squares + value * value, 0), 0);
    updatePart(part, before.gradients[0], { rate: FALL / slope, momentum: 0, weightDecay: 0 });
    const after = await step();
    expect(Math.abs((before.loss - after.loss) / FALL - 1)).toBeLessThan(0.1);

    const { graph, constants } = inferenceNetwork(layers, part, BATCH);
    const model = await openInferenceModel(exportOnnx(graph, constants, { freeBatch: false }), { threads: 1 });
    const { output } = await model.run({ image: { values: images, dims: [BATCH, 3, 224, 224] } });
    const largest = output.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(await compareExport(runtime, part, model, images)).toBeLessThan(1e-5 * largest);
    await model.release();
    await runtime.dispose();
  });
});
