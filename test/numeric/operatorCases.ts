import { Random } from '../../src/base/random.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { differentiate } from '../../src/graph/gradients/differentiate.ts';
import { array, elements, type Graph, map, type ValueId, type ValueType } from '../../src/graph/types.ts';

/** A small network part: named inputs, and one map (or the loss) made of them. */
export interface Case {
  name: string;
  inputs: Record<string, ValueType>;
  build(g: GraphBuilder, ids: Record<string, ValueId>): ValueId;
  /** Inputs without a gradient. */
  constant?: string[];
  /** Spread of the random inputs; activations want values on both sides of their bends. */
  spread?: number;
}

const conv = (stride: number, dilation: number, groups: number, pad: number) => ({ stride, dilation, groups, pad });

const unary = (op: 'relu' | 'relu6' | 'hswish' | 'hsigmoid' | 'sigmoid', x: ValueType): Case => ({
  name: op,
  inputs: { x },
  build: (g, { x }) => g.add(op, [x], {}),
  spread: 4,
});

/** Every operator, with `n` images. @param times factor of all numbers of channels */
export function operatorCases(n: number, times = 1): Case[] {
  const channels = (count: number) => count * times;
  const normInputs = { gamma: array(channels(3)), beta: array(channels(3)) };
  const convCase = (
    name: string,
    c: number,
    size: number,
    [out, input, kernel]: [number, number, number],
    how: ReturnType<typeof conv>,
    bias = false,
  ): Case => {
    // Depthwise convolutions stay so, others keep their groups.
    const depthwise = how.groups === c;
    const attributes = { ...how, groups: depthwise ? channels(c) : how.groups };
    const weights = array(channels(out), depthwise ? input : channels(input), kernel, kernel);
    return {
      name,
      inputs: { x: map(n, channels(c), size, size), w: weights, ...(bias ? { b: array(channels(out)) } : {}) },
      build: (g, { x, w, b }) => g.add('conv2d', b === undefined ? [x, w] : [x, w, b], attributes),
    };
  };
  return [
    convCase('pointwise convolution', 3, 4, [5, 3, 1], conv(1, 1, 1, 0)),
    convCase('strided pointwise convolution', 2, 5, [3, 2, 1], conv(2, 1, 1, 0)),
    convCase('3x3 convolution with bias', 2, 4, [3, 2, 3], conv(1, 1, 1, 1), true),
    convCase('strided 3x3 convolution, odd size', 2, 5, [3, 2, 3], conv(2, 1, 1, 1)),
    convCase('strided 3x3 convolution, even size', 2, 6, [2, 2, 3], conv(2, 1, 1, 1)),
    convCase('dilated convolution', 2, 5, [2, 2, 3], conv(1, 2, 1, 2)),
    convCase('grouped convolution', 4, 4, [6, 2, 3], conv(1, 1, 2, 1)),
    convCase('grouped pointwise convolution', 4, 3, [6, 2, 1], conv(1, 1, 2, 0)),
    convCase('strided grouped convolution', 4, 5, [4, 2, 3], conv(2, 1, 2, 1)),
    ...[
      { name: '3x3 convolution of colours', channels: 3, k: 3, stride: 2 },
      { name: '5x5 convolution of grey images', channels: 1, k: 5, stride: 1 },
      { name: '5x5 convolution of more than 64 weights', channels: 3, k: 5, stride: 1 },
    ].map(({ name, channels: c, k, stride }) => ({
      name,
      inputs: { x: map(n, c, 6, 6), w: array(4, c, k, k) },
      build: (g: GraphBuilder, { x, w }: Record<string, ValueId>) =>
        g.add('conv2d', [x, w], conv(stride, 1, 1, (k - 1) / 2)),
    })),
    ...[3, 5, 7].flatMap(k =>
      [1, 2].flatMap(stride =>
        [4, 5].map(size =>
          convCase(
            `depthwise ${k}x${k}, stride ${stride}, ${size}x${size}`,
            4,
            size,
            [4, 1, k],
            conv(stride, 1, 4, (k - 1) / 2),
          ),
        ),
      ),
    ),
    convCase('dilated depthwise with bias', 2, 5, [2, 1, 3], conv(1, 2, 2, 2), true),
    convCase('dilated strided depthwise', 2, 6, [2, 1, 3], conv(2, 2, 2, 2)),
    convCase('depthwise with a channel multiplier', 2, 4, [4, 1, 3], conv(1, 1, 2, 1)),
    {
      name: 'batch norm',
      inputs: { x: map(n, channels(3), 3, 3), ...normInputs },
      build: (g, { x, gamma, beta }) => g.add('batchNorm', [x, gamma, beta], { eps: 1e-3 }),
    },
    {
      name: 'widening pointwise convolution with batch norm',
      inputs: { x: map(n, channels(2), 3, 3), w: array(channels(3), channels(2), 1, 1), ...normInputs },
      build: (g, { x, w, gamma, beta }) => g.add('pointwiseBatchNorm', [x, w, gamma, beta], { eps: 1e-3 }),
    },
    ...(['relu', 'relu6', 'hswish', 'hsigmoid', 'sigmoid'] as const).map(op => unary(op, map(n, channels(2), 3, 3))),
    {
      name: 'add and multiply of a map with itself',
      inputs: { x: map(n, channels(2), 2, 2) },
      build: (g, { x }) => g.add('add', [g.add('multiply', [x, x], {}), x], {}),
    },
    {
      name: 'squeeze and excitation',
      inputs: { x: map(n, channels(2), 3, 3), w: array(channels(2), channels(2), 1, 1), b: array(channels(2)) },
      build: (g, { x, w, b }) => {
        const pooled = g.add('sumSpatial', [x], { scale: 1 / 9 });
        const gate = g.add('sigmoid', [g.add('conv2d', [pooled, w, b], conv(1, 1, 1, 0))], {});
        return g.add('scaleChannels', [x, gate], {});
      },
    },
    {
      name: 'concat and slice',
      inputs: { a: map(n, channels(2), 2, 2), b: map(n, channels(3), 2, 2) },
      build: (g, { a, b }) =>
        g.add('sliceChannels', [g.add('concat', [a, b], {})], {
          from: channels(1),
          to: channels(4),
        }),
    },
    {
      name: 'broadcast over places',
      inputs: { x: map(n, channels(2), 1, 1) },
      build: (g, { x }) => g.add('broadcastSpatial', [x], { height: 2, width: 3, scale: 0.5 }),
    },
    ...(['maxPool', 'avgPool'] as const).flatMap(op =>
      [
        { kernel: 3, stride: 2, pad: 1 },
        { kernel: 2, stride: 2, pad: 0 },
        { kernel: 3, stride: 1, pad: 1 },
      ].map(how => ({
        name: `${op} ${how.kernel}x${how.kernel}, stride ${how.stride}`,
        inputs: { x: map(n, channels(2), 5, 5) },
        build: (g: GraphBuilder, { x }: Record<string, ValueId>) => g.add(op, [x], how),
      })),
    ),
    ...[
      { down: -1, right: -1 },
      { down: 2, right: 0 },
      { down: 1, right: -2 },
    ].map(how => ({
      name: `shift down ${how.down}, right ${how.right}`,
      inputs: { x: map(n, channels(2), 4, 3) },
      build: (g: GraphBuilder, { x }: Record<string, ValueId>) => g.add('shift', [x], how),
    })),
    {
      name: 'softmax cross-entropy',
      inputs: { x: map(n, channels(4), 1, 1), targets: array(n, channels(4)) },
      build: (g, { x, targets }) => g.add('softmaxCrossEntropy', [x, targets], {}),
      constant: ['targets'],
    },
  ];
}

export function buildForward({ inputs, build }: Case): Graph {
  const g = new GraphBuilder();
  const ids = Object.fromEntries(Object.entries(inputs).map(([name, type]) => [name, g.input(name, type)]));
  return g.finish([{ name: 'y', value: build(g, ids) }]);
}

/** The result, and the gradients of `sum(y * weights)` by every input that has one. */
export function buildBackward(test: Case): Graph {
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

export function randomInputs(test: Case, seed: number): Record<string, Float32Array> {
  const random = new Random(seed, test.name);
  const inputs: Record<string, Float32Array> = {};
  for (const [name, type] of Object.entries(test.inputs))
    inputs[name] = Float32Array.from({ length: elements(type) }, () => random.normal() * (test.spread ?? 1));
  // Targets are distributions; a soft one is the general case.
  if (inputs.targets) inputs.targets = inputs.targets.map((_, __, all) => test.inputs.targets.dims[0] / all.length);
  return inputs;
}
