import { describe, expect, it } from 'vitest';
import { elements, macs, parameters, signature } from '../../../src/space/analysis.ts';
import {
  add,
  avgPool,
  batchNorm,
  concat,
  conv,
  conv2d,
  depthwise,
  dropout,
  globalAvgPool,
  linear,
  maxPool,
  mbconv,
  multiply,
  type OperatorBuild,
  operator,
  pointwise,
  relu6,
  shift,
  sigmoid,
  squeezeExcite,
} from '../../../src/space/index.ts';
import { type LayerGraph, type MapShape, outputShape } from '../../../src/space/layerGraph.ts';
import { finish, GraphBuilder, MapTensor } from '../../../src/space/trace.ts';

/** The layers an operator builds for this input. */
function trace(build: OperatorBuild, input: MapShape, out = input[0], stride = 1): LayerGraph {
  const builder = new GraphBuilder(input, undefined, undefined);
  return finish(build({ input: new MapTensor(builder, -1, input), out, stride }));
}

describe('signature', () => {
  it('names inverted bottlenecks', () => {
    const { build } = mbconv({ kernel: 5, expand: 6 });
    expect(signature(trace(build, [24, 28, 28]))).toBe('mbconv k5 e6 s1 24x28x28->24x28x28');
    expect(signature(trace(build, [24, 28, 28], 40, 2))).toBe('mbconv k5 e6 s2 24x28x28->40x14x14');
    const others = mbconv({ kernel: 3, expand: 1, activation: 'hswish', squeezeExcite: true });
    expect(signature(trace(others.build, [16, 8, 8]))).toBe('mbconv k3 e1 s1 hswish se4 16x8x8->16x8x8');
  });

  it('is the same for a built-in operator and a handwritten equal', () => {
    const own = operator('mine', ({ input, out, stride }) => {
      const wide = relu6(batchNorm(pointwise(input, input.channels * 3)));
      relu6(wide); // not used, so not part of the operator
      return batchNorm(pointwise(relu6(batchNorm(depthwise(wide, { kernel: 3, stride }))), out));
    });
    const builtIn = mbconv({ kernel: 3, expand: 3 });
    expect(signature(trace(own.build, [8, 8, 8]))).toBe(signature(trace(builtIn.build, [8, 8, 8])));
  });

  it('does not depend on the order in which branches were written', () => {
    const branches: OperatorBuild = ({ input }) => add(relu6(input), sigmoid(input));
    const swapped: OperatorBuild = ({ input }) => {
      const second = sigmoid(input);
      return add(relu6(input), second);
    };
    expect(signature(trace(branches, [8, 4, 4]))).toBe(signature(trace(swapped, [8, 4, 4])));
  });

  it('tells apart what computes differently', () => {
    const variants: OperatorBuild[] = [
      mbconv({ kernel: 3, expand: 1 }).build,
      ({ input, out }) =>
        batchNorm(pointwise(relu6(batchNorm(depthwise(relu6(batchNorm(pointwise(input, 8))), { kernel: 3 }))), out)),
      ({ input, out }) => batchNorm(pointwise(relu6(batchNorm(depthwise(input, { kernel: 3 }), { eps: 1e-5 })), out)),
      conv({ kernel: 3 }).build,
      conv({ kernel: 3, dilation: 2 }).build,
      conv({ kernel: 3, groups: 2 }).build,
      conv({ kernel: 3, activation: 'relu' }).build,
      ({ input }) => conv2d(input, { out: 8, kernel: 3 }),
      ({ input }) => conv2d(input, { out: 8, kernel: 3, bias: true }),
      ({ input }) => add(input, relu6(input)),
      ({ input }) => multiply(input, relu6(input)),
      ({ input }) => add(relu6(input), relu6(input)),
      ({ input }) => maxPool(input, { kernel: 3, stride: 1 }),
      ({ input }) => avgPool(input, { kernel: 3, stride: 1 }),
      ({ input }) => shift(input, { down: 1, right: 0 }),
      ({ input }) => shift(input, { down: 0, right: 1 }),
      ({ input }) => input,
    ];
    expect(new Set(variants.map(build => signature(trace(build, [8, 8, 8])))).size).toBe(variants.length);
  });

  it('hashes what is too long to read', () => {
    const long =
      (last: typeof relu6): OperatorBuild =>
      ({ input }) =>
        last(Array.from({ length: 12 }).reduce<MapTensor>(x => conv2d(x, { out: 8, kernel: 3 }), input));
    const text = signature(trace(long(relu6), [8, 8, 8]));
    expect(text).toMatch(/^13 layers #[0-9a-f]{16} 8x8x8->8x8x8$/);
    expect(signature(trace(long(sigmoid), [8, 8, 8]))).not.toBe(text);
  });
});

describe('macs and parameters', () => {
  // Counted by hand: [operator, multiply-adds, parameters] on an input of 4x6x6.
  const counted: [string, OperatorBuild, number, number][] = [
    [
      'a 3x3 convolution to 8, stride 2',
      ({ input }) => conv2d(input, { out: 8, kernel: 3, stride: 2 }),
      9 * 8 * 4 * 9,
      8 * 4 * 9,
    ],
    [
      'a grouped 5x5 convolution with bias',
      ({ input }) => conv2d(input, { out: 4, kernel: 5, groups: 2, bias: true }),
      36 * 4 * 2 * 25,
      4 * 2 * 25 + 4,
    ],
    ['a depthwise 7x7 convolution', ({ input }) => depthwise(input, { kernel: 7 }), 36 * 4 * 49, 4 * 49],
    ['batch norm', ({ input }) => batchNorm(input), 0, 8],
    ['pooling and a classifier of 3', ({ input }) => linear(globalAvgPool(input), 3), 12, 15],
    ['squeeze-and-excitation by 4', ({ input }) => squeezeExcite(input), 4 + 4, 4 + 1 + 4 + 4],
  ];

  it.each(counted)('of %s', (_name, build, expectedMacs, expectedParameters) => {
    const graph = trace(build, [4, 6, 6]);
    expect([macs(graph), parameters(graph)]).toEqual([expectedMacs, expectedParameters]);
  });
});

describe('shape inference', () => {
  const shapes: [string, OperatorBuild, MapShape][] = [
    ['a stride rounds sizes up', ({ input }) => conv2d(input, { out: 5, kernel: 3, stride: 2 }), [5, 4, 3]],
    ['dilation keeps the size', ({ input }) => conv2d(input, { out: 4, kernel: 3, dilation: 2 }), [4, 7, 6]],
    ['an even pool has no padding', ({ input }) => maxPool(input, { kernel: 2, stride: 2 }), [4, 3, 3]],
    ['an odd pool has', ({ input }) => avgPool(input, { kernel: 3, stride: 2 }), [4, 4, 3]],
    ['concat adds channels', ({ input }) => concat(input, pointwise(input, 3), input), [11, 7, 6]],
    ['a gate multiplies a map', ({ input }) => multiply(input, sigmoid(globalAvgPool(input))), [4, 7, 6]],
  ];

  it.each(shapes)('%s', (_name, build, shape) => {
    expect(outputShape(trace(build, [4, 7, 6]))).toEqual(shape);
    expect(elements(shape)).toBe(shape[0] * shape[1] * shape[2]);
  });

  const refused: [string, OperatorBuild, RegExp][] = [
    ['an even kernel', ({ input }) => conv2d(input, { out: 4, kernel: 2 }), /even kernel 2/],
    ['no channels', ({ input }) => pointwise(input, 0), /at least 1 as "out", not 0/],
    [
      'a stride beyond the map',
      ({ input }) => depthwise(input, { kernel: 3, stride: 7 }),
      /stride 7 on a map of 4x7x6/,
    ],
    ['a pool larger than the map', ({ input }) => maxPool(input, { kernel: 20, stride: 1 }), /larger than the map/],
    ['linear on a map', ({ input }) => linear(input, 3), /linear needs a vector/],
    ['concat of unlike sizes', ({ input }) => concat(input, globalAvgPool(input)), /one height and width/],
    [
      'a shift off the map',
      ({ input }) => shift(input, { down: 0, right: -6 }),
      /fewer than 6 pixels as "right", not -6/,
    ],
    ['dropout of everything', ({ input }) => dropout(input, 1), /below 1, not 1/],
  ];

  it.each(refused)('refuses %s', (_name, build, message) => {
    expect(() => trace(build, [4, 7, 6])).toThrow(message);
  });
});
