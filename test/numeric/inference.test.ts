import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { createOrtRuntime } from '../../src/runtime/ort/ortRuntime.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { inferenceNetwork } from '../../src/search/inference.ts';
import { partDefinition } from '../../src/search/layers.ts';
import {
  add,
  batchNorm,
  conv2d,
  defineSearchSpace,
  imageFolder,
  mbconv,
  type Operator,
  operator,
  relu,
} from '../../src/space/index.ts';
import type { LayerGraph } from '../../src/space/layerGraph.ts';
import { Part } from '../../src/training/part.ts';
import { expectClose, normals, runLogical, shakeParameters } from './parts.ts';

const BATCH = 3;

function layersOf(candidate: Operator): LayerGraph {
  const { blocks } = defineSearchSpace({
    name: 'inference',
    dataset: imageFolder('images', { classes: 2 }),
    input: [4, 5, 5],
    stem: [],
    stages: [{ width: 4, depth: 1, candidates: [candidate] }],
    head: {},
    objective: { latency: { targetMs: 1 } },
  });
  return blocks[0].candidates[0].layers;
}

const cases = [
  { name: 'an MBConv block', candidate: mbconv({ kernel: 3, expand: 6 }), norms: 0 },
  {
    name: 'an MBConv block with h-swish and SE',
    candidate: mbconv({ kernel: 5, expand: 3, activation: 'hswish', squeezeExcite: true }),
    norms: 0,
  },
  {
    name: 'a convolution with bias',
    candidate: operator('biased', ({ input, out }) => batchNorm(conv2d(input, { out, kernel: 3, bias: true }))),
    norms: 0,
  },
  {
    name: 'batch norm without a convolution of its own before it',
    candidate: operator('free', ({ input, out }) => {
      const y = conv2d(relu(batchNorm(input)), { out, kernel: 1 });
      return add(batchNorm(y), y);
    }),
    norms: 2,
  },
];

let runtime: Runtime;
beforeAll(async () => {
  runtime = await createOrtRuntime({ threads: 1, lowering: 'standard' });
});
afterAll(() => runtime.dispose());

describe('inferenceNetwork', () => {
  it.each(cases)('folds $name and computes what evaluation with running statistics does', async test => {
    const layers = layersOf(test.candidate);
    const part = new Part(runtime, partDefinition(layers, false), new Random(1));
    shakeParameters(part, 2);
    const random = new Random(3);
    for (const { mean, variance } of part.running) {
      mean.set(normals(mean.length, random));
      variance.forEach((_, c) => {
        variance[c] = 0.2 + random.next();
      });
    }
    const x = normals(BATCH * 100, random);
    const expected = await part.evaluate(x, BATCH, 'running');

    const { graph, constants } = inferenceNetwork(layers, part, BATCH);
    const names = graph.inputs.map(({ name }) => name);
    expect([...constants.keys(), 'image'].sort()).toEqual([...names].sort());
    // Channel-wise scaling is left only where there was nothing to fold it into.
    const scalings = graph.nodes.filter(
      ({ op, inputs }) => op === 'conv2d' && graph.values[inputs[1]].dims.slice(1).join() === '1,1,1',
    );
    expect(scalings).toHaveLength(test.norms);
    expect(graph.nodes.map(({ op }) => op)).not.toContain('batchNorm');
    const { output } = await runLogical(runtime, graph, { image: x, ...Object.fromEntries(constants) });
    expectClose(output, expected, 'output', 1e-5);
  });
});
