import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { differentiate } from '../../src/graph/gradients/differentiate.ts';
import { array, elements, type Graph, map, type ValueId, type ValueType } from '../../src/graph/types.ts';
import { verifyGraph } from '../../src/graph/verify.ts';
import { createOrtRuntime } from '../../src/runtime/ort/ortRuntime.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { evaluate } from './reference.ts';

/** A small network part: named inputs, and one map (or the loss) made of them. */
interface Case {
  name: string;
  inputs: Record<string, ValueType>;
  build(g: GraphBuilder, ids: Record<string, ValueId>): ValueId;
  /** Inputs without a gradient. */
  constant?: string[];
  /** Spread of the random inputs; activations want values on both sides of their bends. */
  spread?: number;
}

const conv = (stride: number, dilation: number, groups: number, pad: number) => ({ stride, dilation, groups, pad });

function convCase(
  name: string,
  n: number,
  c: number,
  size: number,
  w: [number, number, number],
  how: ReturnType<typeof conv>,
  bias = false,
): Case {
  return {
    name,
    inputs: { x: map(n, c, size, size), w: array(w[0], w[1], w[2], w[2]), ...(bias ? { b: array(w[0]) } : {}) },
    build: (g, { x, w: weights, b }) => g.add('conv2d', b === undefined ? [x, weights] : [x, weights, b], how),
  };
}

const unary = (op: 'relu' | 'relu6' | 'hswish' | 'hsigmoid' | 'sigmoid', n: number): Case => ({
  name: op,
  inputs: { x: map(n, 2, 3, 3) },
  build: (g, { x }) => g.add(op, [x], {}),
  spread: 4,
});

/** Every operator, with `n` images. */
function cases(n: number): Case[] {
  const normInputs = { gamma: array(3), beta: array(3) };
  return [
    convCase('pointwise convolution', n, 3, 4, [5, 3, 1], conv(1, 1, 1, 0)),
    convCase('strided pointwise convolution', n, 2, 5, [3, 2, 1], conv(2, 1, 1, 0)),
    convCase('3x3 convolution with bias', n, 2, 4, [3, 2, 3], conv(1, 1, 1, 1), true),
    convCase('strided 3x3 convolution, odd size', n, 2, 5, [3, 2, 3], conv(2, 1, 1, 1)),
    convCase('strided 3x3 convolution, even size', n, 2, 6, [2, 2, 3], conv(2, 1, 1, 1)),
    convCase('dilated convolution', n, 2, 5, [2, 2, 3], conv(1, 2, 1, 2)),
    convCase('grouped convolution', n, 4, 4, [6, 2, 3], conv(1, 1, 2, 1)),
    convCase('grouped pointwise convolution', n, 4, 3, [6, 2, 1], conv(1, 1, 2, 0)),
    convCase('strided grouped convolution', n, 4, 5, [4, 2, 3], conv(2, 1, 2, 1)),
    ...[3, 5, 7].flatMap(k =>
      [1, 2].flatMap(stride =>
        [4, 5].map(size =>
          convCase(
            `depthwise ${k}x${k}, stride ${stride}, ${size}x${size}`,
            n,
            4,
            size,
            [4, 1, k],
            conv(stride, 1, 4, (k - 1) / 2),
          ),
        ),
      ),
    ),
    convCase('dilated depthwise with bias', n, 2, 5, [2, 1, 3], conv(1, 2, 2, 2), true),
    convCase('dilated strided depthwise', n, 2, 6, [2, 1, 3], conv(2, 2, 2, 2)),
    convCase('depthwise with a channel multiplier', n, 2, 4, [4, 1, 3], conv(1, 1, 2, 1)),
    {
      name: 'batch norm',
      inputs: { x: map(n, 3, 3, 3), ...normInputs },
      build: (g, { x, gamma, beta }) => g.add('batchNorm', [x, gamma, beta], { eps: 1e-3 }),
    },
    {
      name: 'widening pointwise convolution with batch norm',
      inputs: { x: map(n, 2, 3, 3), w: array(3, 2, 1, 1), ...normInputs },
      build: (g, { x, w, gamma, beta }) => g.add('pointwiseBatchNorm', [x, w, gamma, beta], { eps: 1e-3 }),
    },
    ...(['relu', 'relu6', 'hswish', 'hsigmoid', 'sigmoid'] as const).map(op => unary(op, n)),
    {
      name: 'add and multiply of a map with itself',
      inputs: { x: map(n, 2, 2, 2) },
      build: (g, { x }) => g.add('add', [g.add('multiply', [x, x], {}), x], {}),
    },
    {
      name: 'squeeze and excitation',
      inputs: { x: map(n, 2, 3, 3), w: array(2, 2, 1, 1), b: array(2) },
      build: (g, { x, w, b }) => {
        const pooled = g.add('sumSpatial', [x], { scale: 1 / 9 });
        const gate = g.add('sigmoid', [g.add('conv2d', [pooled, w, b], conv(1, 1, 1, 0))], {});
        return g.add('scaleChannels', [x, gate], {});
      },
    },
    {
      name: 'concat and slice',
      inputs: { a: map(n, 2, 2, 2), b: map(n, 3, 2, 2) },
      build: (g, { a, b }) => g.add('sliceChannels', [g.add('concat', [a, b], {})], { from: 1, to: 4 }),
    },
    {
      name: 'broadcast over places',
      inputs: { x: map(n, 2, 1, 1) },
      build: (g, { x }) => g.add('broadcastSpatial', [x], { height: 2, width: 3, scale: 0.5 }),
    },
    ...(['maxPool', 'avgPool'] as const).flatMap(op =>
      [
        { kernel: 3, stride: 2, pad: 1 },
        { kernel: 2, stride: 2, pad: 0 },
        { kernel: 3, stride: 1, pad: 1 },
      ].map(how => ({
        name: `${op} ${how.kernel}x${how.kernel}, stride ${how.stride}`,
        inputs: { x: map(n, 2, 5, 5) },
        build: (g: GraphBuilder, { x }: Record<string, ValueId>) => g.add(op, [x], how),
      })),
    ),
    ...[
      { down: -1, right: -1 },
      { down: 2, right: 0 },
      { down: 1, right: -2 },
    ].map(how => ({
      name: `shift down ${how.down}, right ${how.right}`,
      inputs: { x: map(n, 2, 4, 3) },
      build: (g: GraphBuilder, { x }: Record<string, ValueId>) => g.add('shift', [x], how),
    })),
    {
      name: 'softmax cross-entropy',
      inputs: { x: map(n, 4, 1, 1), targets: array(n, 4) },
      build: (g, { x, targets }) => g.add('softmaxCrossEntropy', [x, targets], {}),
      constant: ['targets'],
    },
  ];
}

function buildForward({ inputs, build }: Case): Graph {
  const g = new GraphBuilder();
  const ids = Object.fromEntries(Object.entries(inputs).map(([name, type]) => [name, g.input(name, type)]));
  return g.finish([{ name: 'y', value: build(g, ids) }]);
}

/** The result, and the gradients of `sum(y * weights)` by every input that has one. */
function buildBackward(test: Case): Graph {
  const { inputs, build, constant = [] } = test;
  const g = new GraphBuilder();
  const ids = Object.fromEntries(Object.entries(inputs).map(([name, type]) => [name, g.input(name, type)]));
  const y = build(g, ids);
  const wanted = Object.keys(inputs).filter(name => !constant.includes(name));
  const start = g.type(y).kind === 'map' ? { value: y, gradient: g.input('weights', g.type(y)) } : { loss: y };
  const gradients = differentiate(
    g,
    start,
    wanted.map(name => ids[name]),
  );
  return g.finish([
    { name: 'y', value: y },
    ...wanted.map((name, i) => ({ name: `d${name}`, value: gradients[i] as ValueId })),
  ]);
}

function randomInputs(test: Case, seed: number): Record<string, Float32Array> {
  const random = new Random(seed, test.name);
  const inputs: Record<string, Float32Array> = {};
  for (const [name, type] of Object.entries(test.inputs))
    inputs[name] = Float32Array.from({ length: elements(type) }, () => random.normal() * (test.spread ?? 1));
  // Targets are distributions; a soft one is the general case.
  if (inputs.targets) inputs.targets = inputs.targets.map(() => 0.25);
  return inputs;
}

function expectClose(actual: Float32Array, expected: Float64Array, what: string): void {
  const scale = Math.max(1e-3, ...expected.map(Math.abs));
  let worst = 0;
  expected.forEach((value, i) => {
    worst = Math.max(worst, Math.abs(actual[i] - value) / scale);
  });
  expect(actual.length, what).toBe(expected.length);
  expect(worst, `${what}: largest difference relative to the largest element`).toBeLessThan(2e-5);
}

const variants = [
  { name: 'standard operators', lowering: 'standard', n: 3 },
  { name: 'channel-major, whole blocks of images', lowering: 'auto', n: 16 },
  { name: 'channel-major, reordered around depthwise', lowering: 'channelMajor', n: 8 },
  // Blocks that begin within a channel.
  { name: 'channel-major, reordered, 12 images', lowering: 'channelMajor', n: 12, only: 'depthwise' },
  { name: 'channel-major, odd batch', lowering: 'channelMajor', n: 3 },
] as const;

describe.each(variants)('gradients: $name', ({ lowering, n, ...rest }) => {
  const chosen = 'only' in rest ? cases(n).filter(({ name }) => name.includes(rest.only)) : cases(n);
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await createOrtRuntime({ threads: 1, lowering });
  });
  afterAll(() => runtime.dispose());

  it.each(chosen)('$name agrees with its definition and with central differences', async test => {
    const forward = buildForward(test);
    const backward = buildBackward(test);
    verifyGraph(backward);
    const inputs = randomInputs(test, 1);
    const y = evaluate(forward, inputs).y;
    const type = forward.values[forward.outputs[0].value];
    const random = new Random(2);
    const weights = Float32Array.from(y, () => (type.kind === 'map' ? random.normal() : 1));
    const loss = (at: Record<string, ArrayLike<number>>) =>
      evaluate(forward, at).y.reduce((sum, v, i) => sum + v * weights[i], 0);

    const typeOf = (name: string) => test.inputs[name] ?? type;
    const packed = Object.fromEntries(
      Object.entries({ ...inputs, weights }).map(([name, values]) => [
        name,
        typeOf(name).kind === 'map' ? runtime.pack(values, typeOf(name).dims) : values,
      ]),
    );
    const results = await (await runtime.compile(backward)).run(packed);
    const logical = (name: string, values: Float32Array) =>
      typeOf(name).kind === 'map' ? runtime.unpack(values, typeOf(name).dims) : values;
    expectClose(logical('y', results.y), y, 'result');

    const step = 1e-5;
    for (const name of Object.keys(test.inputs).filter(key => !test.constant?.includes(key))) {
      const point = Float64Array.from(inputs[name]);
      const differences = point.map((value, i) => {
        point[i] = value + step;
        const above = loss({ ...inputs, [name]: point });
        point[i] = value - step;
        const below = loss({ ...inputs, [name]: point });
        point[i] = value;
        return (above - below) / (2 * step);
      });
      expectClose(logical(name, results[`d${name}`]), differences, `gradient by ${name}`);
    }
  });
});
