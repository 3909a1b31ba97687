import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { array } from '../../src/graph/types.ts';
import { createOrtRuntime } from '../../src/runtime/ort/ortRuntime.ts';
import type { Runtime, Tensors } from '../../src/runtime/runtime.ts';
import { partDefinition } from '../../src/search/layers.ts';
import { defineSearchSpace, imageFolder, mbconv } from '../../src/space/index.ts';
import { Part } from '../../src/training/part.ts';
import type { PartDefinition } from '../../src/training/partGraphs.ts';
import { expectClose, normals, shakeParameters, wholeGraph } from './parts.ts';
import { evaluate } from './reference.ts';

/** Batch norm alone on two pixels. */
const normDefinition: PartDefinition = {
  input: [1, 1, 2],
  parameters: [
    { name: 'scale', dims: [1], start: 'ones', decay: false },
    { name: 'shift', dims: [1], start: 'zeros', decay: false },
  ],
  norms: [{ channels: 1, eps: 1e-3, momentum: 0.1, places: 2 }],
  dropouts: [],
  residual: false,
  build: (_, x, bind) => bind.norm(x, bind.parameter(0), bind.parameter(1), 0),
};

const dropoutDefinition: PartDefinition = {
  input: [8, 2, 2],
  parameters: [],
  norms: [],
  dropouts: [{ rate: 0.25, shape: [8, 2, 2] }],
  residual: false,
  build: (_, x, bind) => bind.dropout(x, 0),
};

/** The head of a space: widening convolution, pooling, dropout, linear. */
function headDefinition(): PartDefinition {
  const { blocks } = defineSearchSpace({
    name: 'head',
    dataset: imageFolder('images', { classes: 3 }),
    input: [4, 5, 5],
    stem: [],
    stages: [{ width: 4, depth: 1, candidates: [mbconv({ kernel: 3, expand: 1 })] }],
    head: { width: 12, dropout: 0.3 },
    objective: { latency: { targetMs: 1 } },
  });
  return partDefinition(blocks[1].candidates[0].layers, false);
}

const variants = [
  { name: 'standard operators', lowering: 'standard', batch: 3 },
  { name: 'channel-major, whole blocks of images', lowering: 'auto', batch: 16 },
  { name: 'channel-major, odd batch', lowering: 'channelMajor', batch: 3 },
] as const;

describe.each(variants)('a part: $name', ({ lowering, batch }) => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await createOrtRuntime({ threads: 1, lowering });
  });
  afterAll(() => runtime.dispose());

  it('moves running statistics by the momentum, the variance unbiased', async () => {
    const part = new Part(runtime, normDefinition, new Random(1));
    const x = runtime.pack(Float32Array.of(1, 3, 5, 7), [2, 1, 1, 2]);
    const { y, tape } = await part.forward(x, 2, new Random(1));
    part.updateRunning(tape, 2);
    // Mean 4 and variance 5 over 4 numbers, unbiased 20/3: 0.1 x 4, and 0.9 x 1 + 0.1 x 20/3.
    expect(part.running[0].mean[0]).toBeCloseTo(0.4, 5);
    expect(part.running[0].variance[0]).toBeCloseTo(0.9 + 2 / 3, 5);
    // Normalised by the biased variance: (1 - 4) / sqrt(5.001).
    expect(runtime.unpack(y, [2, 1, 1, 2])[0]).toBeCloseTo(-3 / Math.sqrt(5.001), 5);
    part.updateRunning(tape, 2);
    expect(part.running[0].mean[0]).toBeCloseTo(0.9 * 0.4 + 0.4, 5);
    // Evaluation with them: (1 - 0.76) / sqrt(variance + 0.001).
    const variance = 0.9 * (0.9 + 2 / 3) + 2 / 3;
    const evaluated = runtime.unpack(await part.evaluate(x, 2, 'running'), [2, 1, 1, 2]);
    expect(evaluated[0]).toBeCloseTo(0.24 / Math.sqrt(variance + 1e-3), 5);
  });

  it('drops the same numbers forward and backward, others in the next step, and none in evaluation', async () => {
    const part = new Part(runtime, dropoutDefinition, new Random(1));
    const random = new Random(2);
    const dims = [batch, ...dropoutDefinition.input];
    const ones = runtime.pack(new Float32Array(batch * 32).fill(1), dims);
    const { y: packed, tape } = await part.forward(ones, batch, random);
    const { dx } = await part.backward(tape, ones, batch, 'input');
    expect([...dx]).toEqual([...packed]);
    const y = runtime.unpack(packed, dims);
    expect([...new Set(y)].sort()).toEqual([0, Math.fround(4 / 3)]);
    const dropped = y.filter(value => value === 0).length / y.length;
    expect(Math.abs(dropped - 0.25)).toBeLessThan(5 * Math.sqrt(0.1875 / y.length));
    expect([...(await part.forward(ones, batch, random)).y]).not.toEqual([...packed]);
    expect([...(await part.evaluate(ones, batch, 'batch'))]).toEqual([...ones]);
  });

  it('as a last part gives the loss and its gradients, dropout included', async () => {
    const definition = headDefinition();
    const part = new Part(runtime, definition, new Random(1));
    shakeParameters(part, 2);
    const random = new Random(3);
    const xDims = [batch, 4, 5, 5];
    const x = normals(batch * 100, random);
    // Soft targets: 0.7 on one class, 0.1 and 0.2 on the others.
    const targets = Float32Array.from({ length: batch * 3 }, (_, i) => [0.7, 0.1, 0.2][(i + Math.floor(i / 3)) % 3]);
    const { loss, probabilities, results, tape } = await part.loss(
      runtime.pack(x, xDims),
      targets,
      batch,
      'all',
      random,
    );
    const { g, outputs } = wholeGraph(definition, batch);
    const target = g.input('targets', array(batch, 3));
    const [lossValue, rows] = g.outputs('softmaxCrossEntropy', [outputs[0].value, target], {});
    const graph = g.finish([
      { name: 'loss', value: lossValue },
      { name: 'probabilities', value: rows },
      ...outputs.slice(1),
    ]);
    const mask = runtime.unpack(tape.masks.mask0, [batch, 12, 1, 1]);
    expect(new Set(mask).size).toBe(2);
    const parameters = Object.fromEntries(part.parameters.map(({ values }, i) => [`p${i}`, values]));
    const inputs: Record<string, ArrayLike<number>> = { x, targets, mask0: mask, ...parameters };
    const expected = evaluate(graph, inputs);
    expect(loss).toBeCloseTo(expected.loss[0], 5);
    expectClose(runtime.unpack(probabilities, [batch, 3, 1, 1]), expected.probabilities, 'probabilities', 1e-5);
    expectClose(tape.kept.mean0, expected.mean0, 'mean', 1e-5);
    expectClose(tape.kept.variance0, expected.variance0, 'variance', 1e-5);

    const step = 1e-6;
    const gradients: Tensors = { ...results, dx: runtime.unpack(results.dx, xDims) };
    for (const name of ['x', ...Object.keys(parameters)]) {
      const direction = normals(inputs[name].length, random);
      const lossAt = (by: number) =>
        evaluate(graph, { ...inputs, [name]: Float64Array.from(inputs[name], (v, i) => v + by * direction[i]) })
          .loss[0];
      const slope = (lossAt(step) - lossAt(-step)) / (2 * step);
      const gradient = gradients[name === 'x' ? 'dx' : name.replace('p', 'd')];
      const product = gradient.reduce((sum, value, i) => sum + value * direction[i], 0);
      const size = gradient.reduce((sum, value, i) => sum + Math.abs(value * direction[i]), 0);
      expect(Math.abs(product - slope) / Math.max(size, 1e-3), `gradient by ${name}`).toBeLessThan(2e-5);
    }
  });
});
