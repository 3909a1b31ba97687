import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { modelsFor } from '../../../src/engine/search/profiling.ts';
import { planOf } from '../../../src/export/int8/plan.ts';
import { quantise } from '../../../src/export/int8/quantise.ts';
import { observedModel, rangesOf } from '../../../src/export/int8/ranges.ts';
import { readMetadata } from '../../../src/export/onnx.ts';
import { OnnxEmitter } from '../../../src/graph/onnx/emitter.ts';
import { decodeModel } from '../../../src/graph/onnx/schema.ts';
import { onnxruntimeTarget } from '../../../src/latency/targets/onnxruntime.ts';
import { openInferenceModel } from '../../../src/runtime/ort/inference.ts';
import { deriveNetwork } from '../../../src/space/analysis.ts';
import {
  add,
  avgPool,
  basic,
  conv,
  defineSearchSpace,
  imageFolder,
  maxPool,
  mbconv,
  type Operator,
  operator,
} from '../../../src/space/index.ts';

const INPUT = [3, 16, 16] as const;

function modelOf(...candidates: Operator[]): Uint8Array {
  const space = defineSearchSpace({
    name: 'quantised',
    dataset: imageFolder('images', { classes: 5 }),
    input: INPUT,
    stem: [conv({ kernel: 3, stride: 2, out: 8 })],
    stages: candidates.map(candidate => ({ width: 8, depth: 1, candidates: [candidate] })),
    head: { width: 16 },
    objective: { latency: { targetMs: 1 } },
  });
  return modelsFor({ precision: 'fp32' })(
    deriveNetwork(
      space,
      space.blocks.map(() => 0),
    ),
    1,
  );
}

const pools = operator('pools', ({ input }) =>
  add(maxPool(input, { kernel: 3, stride: 1 }), avgPool(input, { kernel: 3, stride: 1 })),
);

const networks: [string, Uint8Array][] = [
  ['MBConv blocks with ReLU6', modelOf(mbconv({ kernel: 3, expand: 3 }), mbconv({ kernel: 5, expand: 6 }))],
  ['ResNet blocks', modelOf(basic({ kernel: 3 }))],
  [
    'h-swish and squeeze-and-excitation',
    modelOf(mbconv({ kernel: 3, expand: 3, activation: 'hswish', squeezeExcite: true })),
  ],
];

async function run(bytes: Uint8Array, seed: number): Promise<Record<string, Float32Array>> {
  const random = new Random(seed);
  const values = Float32Array.from({ length: 3 * 16 * 16 }, () => random.normal());
  const model = await openInferenceModel(bytes, { threads: 1 });
  const results = await model.run({ image: { values, dims: [1, ...INPUT] } });
  await model.release();
  return results;
}

/** Root mean square of the difference, as a share of the spread of what was expected. */
function relativeError(actual: Float32Array, expected: Float32Array): number {
  const mean = expected.reduce((sum, value) => sum + value, 0) / expected.length;
  const squares = (of: (value: number, i: number) => number) =>
    expected.reduce((sum, value, i) => sum + of(value, i) ** 2, 0);
  return Math.sqrt(squares((value, i) => actual[i] - value) / squares(value => value - mean));
}

describe('quantise', () => {
  it.each(networks)('keeps the outputs of %s, with ranges from a few images', async (_name, bytes) => {
    const observed = observedModel(bytes);
    const ranges = rangesOf(await Promise.all([1, 2, 3, 4].map(seed => run(observed, seed))));
    const quantised = quantise(bytes, ranges);
    const error = relativeError((await run(quantised, 9)).output, (await run(bytes, 9)).output);
    expect(error).toBeLessThan(0.1);
    // It is another computation all the same.
    expect(error).toBeGreaterThan(1e-6);
  });

  it.each(networks)('has onnxruntime run all convolutions of %s on integers', async (_name, bytes) => {
    const convolutions = decodeModel(bytes).graph.node.filter(({ opType }) => opType === 'Conv').length;
    const target = onnxruntimeTarget({ target: 'cpu', precision: 'int8' });
    const ops = (await target.trace(quantise(bytes), { threads: 1, seconds: 0.05 })).map(({ op }) => op);
    expect(ops.filter(op => op === 'QLinearConv')).toHaveLength(convolutions);
    expect(ops).not.toContain('Conv');
    expect(ops).not.toContain('Relu');
  });

  it('stores weights in a quarter of the bytes, one scale for every output channel', () => {
    const [, bytes] = networks[0];
    const weights = decodeModel(quantise(bytes)).graph.initializer.filter(({ dataType }) => dataType === 3);
    const before = decodeModel(bytes).graph.initializer.filter(({ dims }) => dims.length === 4);
    const size = (tensors: typeof weights) => tensors.reduce((sum, { rawData }) => sum + rawData.length, 0);
    expect(weights).toHaveLength(before.length);
    expect(4 * size(weights)).toBe(size(before));
    // A channel's largest weight is the end of the scale.
    for (const { rawData, dims } of weights) {
      const values = new Int8Array(rawData);
      const row = values.length / dims[0];
      for (let o = 0; o < dims[0]; o++)
        expect(Math.max(...values.subarray(o * row, (o + 1) * row).map(Math.abs))).toBe(127);
    }
  });

  it('pools integers with the scale of what is pooled', () => {
    const model = decodeModel(modelOf(pools, basic({ kernel: 3 })));
    const [[output, input]] = planOf(model).sameScale;
    expect(planOf(model).maps).toContain(input);
    expect(planOf(model).maps).toContain(output);
  });

  it('rounds by hand-worked steps', async () => {
    const e = new OnnxEmitter();
    const w = e.initializer('w', [1, 1, 1, 1], Float32Array.of(0.5));
    e.output('output', e.op('Conv', [e.input('image', [1, 1, 1, 2]), w]), [1, 1, 1, 2]);
    const bytes = e.finish('one');
    const [result] = [...planOf(decodeModel(bytes)).maps].filter(name => name !== 'image');
    // Steps of 0.01: 1.204 becomes 1.20, what is outside of the range its nearest end.
    const range = { min: 0, max: 2.55 };
    const model = await openInferenceModel(
      quantise(
        bytes,
        new Map([
          ['image', range],
          [result, range],
        ]),
      ),
      { threads: 1 },
    );
    const { output } = await model.run({ image: { values: Float32Array.of(1.204, -1), dims: [1, 1, 1, 2] } });
    expect(output[0]).toBeCloseTo(0.6, 6);
    expect(output[1]).toBe(0);
    await model.release();
  });

  it('leaves the metadata and what is not made of constants alone', () => {
    const e = new OnnxEmitter();
    const x = e.input('image', [1, 2, 3, 3]);
    e.output('output', e.op('Conv', [x, e.input('w', [2, 2, 1, 1])]), [1, 2, 3, 3]);
    const bytes = e.finish('free weights', { seed: '3' });
    expect(readMetadata(quantise(bytes))).toEqual({ seed: '3' });
    expect(decodeModel(quantise(bytes)).graph.node.map(({ opType }) => opType)).toEqual(['Conv', 'Identity']);
  });
});
