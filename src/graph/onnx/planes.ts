import { NCHWC, type OnnxEmitter, type TensorName } from './emitter.ts';
import { blockedPasses, type Passes, type Planes, rowPasses } from './passes.ts';
import { matrixProducts, type Products } from './products.ts';
import type { BetweenModels, LoweringRules, MapLanes, MapOrder } from './rule.ts';

export type Convolutions = LoweringRules<'conv2d' | 'conv2dInputGrad' | 'conv2dWeightGrad'>;

/** Strides and dilations of a convolution in which every plane has a kernel of its own. */
export interface PlaneConvolution {
  stride: number;
  dilation: number;
  pads: [top: number, left: number, bottom: number, right: number];
}

/**
 * How every plane is convolved with its own kernel. A depthwise convolution is that, with the kernels of a channel
 * repeated for each image; so is its weight gradient, with planes of the output gradient as kernels.
 */
export interface PlaneKernels {
  name: string;
  /** Images side by side in a map that these kernels want; 1 for images outermost. */
  block: number;
  /** Planes side by side in the operand: it lies in memory as `[planes / lanes, H, W, lanes]`. */
  lanes: number;
  /** Whether these kernels can take such a map; undefined where they take any. */
  accepts?(planes: Planes): boolean;
  /** Shape of an operand; its second axis counts the kernels of a depthwise convolution. */
  shape(planes: Planes): [outer: number, kernels: number, height: number, width: number];
  /** From the map's memory to the operand the kernels take. */
  load(e: OnnxEmitter, map: TensorName, planes: Planes): TensorName;
  /** Back to the map's memory, as a matrix `[C, N H W]`. */
  store(e: OnnxEmitter, operand: TensorName, planes: Planes): TensorName;
  /** Weights `[C, 1, k, k]` as the kernels of a depthwise convolution. */
  repeat(e: OnnxEmitter, weights: TensorName, planes: Planes, kernel: number): TensorName;
  /** Kernels of all planes summed over images: `[C, 1, k, k]`. */
  gather(e: OnnxEmitter, kernels: TensorName, planes: Planes, kernel: number): TensorName;
  /** @param groups the second axis of `x` */
  convolve(e: OnnxEmitter, x: TensorName, kernels: TensorName, groups: number, how: PlaneConvolution): TensorName;
  /** Columns of zeros beside an operand in one pass over all threads, which Pad is not. */
  border?(
    e: OnnxEmitter,
    x: TensorName,
    shape: readonly number[],
    columns: readonly [left: number, right: number],
  ): TensorName;
  /** Passes over maps that know channels and not places. */
  passes(e: OnnxEmitter, maps: readonly TensorName[], planes: Planes): Passes;
  /** Sums over the places of every plane, `[C, N]`, of a map whose operand is there already. */
  sumPlanes?(e: OnnxEmitter, map: TensorName, planes: Planes): TensorName | undefined;
  /** A map that holds one number of `[C, N]` at all places of a plane, in the order that the kernels want. */
  fillPlanes?(e: OnnxEmitter, vectors: TensorName, planes: Planes): TensorName | undefined;
  /** For maps between models that lie there as operands. */
  between?(planes: Planes): BetweenModels | undefined;
  orderBetween?(planes: Planes): MapOrder | undefined;
  /** Where maps between models lie in lanes. */
  lanesBetween?(planes: Planes): MapLanes | undefined;
  /** The operand behind a map that `store` wrote: what only looks at single elements can do without the map. */
  resident?(e: OnnxEmitter, map: TensorName): TensorName | undefined;
  products: Products;
  /** Regular convolutions that these kernels do, the rest being left to `others`. */
  convolutions?(others: Convolutions): Convolutions;
}

export function convolution(domain: string) {
  return (e: OnnxEmitter, x: TensorName, kernels: TensorName, groups: number, how: PlaneConvolution): TensorName =>
    e.op(
      'Conv',
      [x, kernels],
      {
        group: groups,
        strides: [how.stride, how.stride],
        dilations: [how.dilation, how.dilation],
        pads: how.pads,
      },
      domain,
    );
}

/** A depthwise convolution with a kernel of a single one, the same for every block of planes. */
export function borderByBlocks(block: number): NonNullable<PlaneKernels['border']> {
  return (e, x, [outer, planes, height, width], [left, right]) => {
    const ones = e.floats(new Array<number>(block).fill(1), [block, 1, 1, 1]);
    const blocks = e.reshape(x, [(outer * planes) / block, block, height, width]);
    return convolution(NCHWC)(e, blocks, ones, block, { stride: 1, dilation: 1, pads: [0, left, 0, right] });
  };
}

const plain = ({ channels, images, height, width }: Planes): [number, number, number, number] => [
  1,
  channels * images,
  height,
  width,
];
const matrix = ({ channels, images, height, width }: Planes) => [channels, images * height * width];

/** The standard operator: right everywhere, fast nowhere. */
export const standardPlanes: PlaneKernels = {
  name: 'standard',
  block: 1,
  lanes: 1,
  shape: plain,
  load: (e, map, planes) => e.reshape(map, plain(planes)),
  store: (e, operand, planes) => e.reshape(operand, matrix(planes), plain(planes)),
  repeat: (e, weights, { channels, images }, kernel) => {
    const area = kernel * kernel;
    const repeated = e.op('Expand', [e.reshape(weights, [channels, 1, area]), e.ints([channels, images, area])]);
    return e.reshape(repeated, [channels * images, 1, kernel, kernel]);
  },
  gather: (e, kernels, { channels, images }, kernel) => {
    const summed = e.op('ReduceSum', [e.reshape(kernels, [channels, images, kernel * kernel]), e.ints([1])], {
      keepdims: 0,
    });
    return e.reshape(summed, [channels, 1, kernel, kernel]);
  },
  convolve: convolution(''),
  passes: rowPasses,
  products: matrixProducts,
};

/**
 * onnxruntime's blocked kernels on maps that lie with one block of images innermost: nothing is reordered, because the
 * blocked weight format of a depthwise kernel is the blocked map format.
 */
export function blockedPlanes(block: number): PlaneKernels {
  return {
    name: 'blocked',
    block,
    lanes: block,
    shape: plain,
    load: (e, map, planes) => e.reshape(map, plain(planes)),
    store: (e, operand, planes) => e.reshape(operand, matrix(planes), plain(planes)),
    repeat: (e, weights, { channels, images }, kernel) => {
      const shape = [channels, images / block, kernel * kernel, block];
      const repeated = e.op('Expand', [e.reshape(weights, [channels, 1, kernel * kernel, 1]), e.ints(shape)]);
      return e.reshape(repeated, [channels * images, 1, kernel, kernel]);
    },
    gather: (e, kernels, { channels, images }, kernel) => {
      const perPlane = e.reshape(kernels, [channels, images / block, kernel * kernel, block]);
      const summed = e.op('ReduceSum', [perPlane, e.ints([1, 3])], { keepdims: 0 });
      return e.reshape(summed, [channels, 1, kernel, kernel]);
    },
    convolve: convolution(NCHWC),
    border: borderByBlocks(block),
    lanesBetween: ({ channels, images, height, width }) => {
      const alike = images / block;
      const places = height * width;
      return { channels, lanes: block, places, segments: channels * alike, alike, sets: channels, perSet: 1 };
    },
    passes: (e, maps, planes) => {
      const operands = maps.map(map => e.reshape(map, plain(planes)));
      return blockedPasses(e, operands, planes, operand => e.reshape(operand, matrix(planes), plain(planes)));
    },
    products: matrixProducts,
  };
}
