import { matMul } from './elementwise.ts';
import { NCHWC, type OnnxEmitter, type TensorName } from './emitter.ts';
import { blockedPasses, type Passes, type Planes, rowPasses } from './passes.ts';
import type { LyingApart } from './rule.ts';

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
  /** Planes side by side in the operand: it lies in memory as `[C N / lanes, H, W, lanes]`. */
  lanes: number;
  /** From the map's memory to the operand the kernels take: `[1, C N, H, W]`. */
  load(e: OnnxEmitter, map: TensorName, planes: Planes): TensorName;
  /** Back to the map's memory, as a matrix `[C, N H W]`. */
  store(e: OnnxEmitter, operand: TensorName, planes: Planes): TensorName;
  /** Weights `[C, 1, k, k]` as one kernel per plane. */
  repeat(e: OnnxEmitter, weights: TensorName, channels: number, images: number, kernel: number): TensorName;
  /** Kernels per plane summed over images: `[C, 1, k, k]`. */
  gather(e: OnnxEmitter, kernels: TensorName, channels: number, images: number, kernel: number): TensorName;
  convolve(e: OnnxEmitter, x: TensorName, kernels: TensorName, planeCount: number, how: PlaneConvolution): TensorName;
  /** Columns of zeros beside an operand in one pass over all threads, which Pad is not. */
  border?(e: OnnxEmitter, x: TensorName, planes: Planes, columns: readonly [left: number, right: number]): TensorName;
  /** `channels * images` must be a multiple of this, where given. */
  planeMultiple?: number;
  /** Passes over maps that know channels and not places. */
  passes(e: OnnxEmitter, maps: readonly TensorName[], planes: Planes): Passes;
  /** For maps between models: as an operand already. */
  apart?(planes: Planes): LyingApart | undefined;
  /** The operand behind a map that `store` wrote: what only looks at single elements can do without the map. */
  resident?(e: OnnxEmitter, map: TensorName): TensorName | undefined;
}

function convolution(domain: string) {
  return (e: OnnxEmitter, x: TensorName, kernels: TensorName, planeCount: number, how: PlaneConvolution): TensorName =>
    e.op(
      'Conv',
      [x, kernels],
      {
        group: planeCount,
        strides: [how.stride, how.stride],
        dilations: [how.dilation, how.dilation],
        pads: how.pads,
      },
      domain,
    );
}

/** A depthwise convolution with a kernel of a single one, the same for every block of planes. */
function borderByBlocks(block: number): NonNullable<PlaneKernels['border']> {
  return (e, x, { channels, images, height, width }, [left, right]) => {
    const ones = e.floats(new Array<number>(block).fill(1), [block, 1, 1, 1]);
    const blocks = e.reshape(x, [(channels * images) / block, block, height, width]);
    return convolution(NCHWC)(e, blocks, ones, block, { stride: 1, dilation: 1, pads: [0, left, 0, right] });
  };
}

const plain = ({ channels, images, height, width }: Planes) => [1, channels * images, height, width];
const matrix = ({ channels, images, height, width }: Planes) => [channels, images * height * width];

/** The standard operator: right everywhere, fast nowhere. */
export const standardPlanes: PlaneKernels = {
  name: 'standard',
  block: 1,
  lanes: 1,
  load: (e, map, planes) => e.reshape(map, plain(planes)),
  store: (e, operand, planes) => e.reshape(operand, matrix(planes), plain(planes)),
  repeat: (e, weights, channels, images, kernel) => {
    const area = kernel * kernel;
    const repeated = e.op('Expand', [e.reshape(weights, [channels, 1, area]), e.ints([channels, images, area])]);
    return e.reshape(repeated, [channels * images, 1, kernel, kernel]);
  },
  gather: (e, kernels, channels, images, kernel) => {
    const summed = e.op('ReduceSum', [e.reshape(kernels, [channels, images, kernel * kernel]), e.ints([1])], {
      keepdims: 0,
    });
    return e.reshape(summed, [channels, 1, kernel, kernel]);
  },
  convolve: convolution(''),
  passes: rowPasses,
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
    load: (e, map, planes) => e.reshape(map, plain(planes)),
    store: (e, operand, planes) => e.reshape(operand, matrix(planes), plain(planes)),
    repeat: (e, weights, channels, images, kernel) => {
      const shape = [channels, images / block, kernel * kernel, block];
      const repeated = e.op('Expand', [e.reshape(weights, [channels, 1, kernel * kernel, 1]), e.ints(shape)]);
      return e.reshape(repeated, [channels * images, 1, kernel, kernel]);
    },
    gather: (e, kernels, channels, images, kernel) => {
      const perPlane = e.reshape(kernels, [channels, images / block, kernel * kernel, block]);
      const summed = e.op('ReduceSum', [perPlane, e.ints([1, 3])], { keepdims: 0 });
      return e.reshape(summed, [channels, 1, kernel, kernel]);
    },
    convolve: convolution(NCHWC),
    border: borderByBlocks(block),
    passes: (e, maps, planes) => {
      const operands = maps.map(map => e.reshape(map, plain(planes)));
      return blockedPasses(e, operands, planes, operand => e.reshape(operand, matrix(planes), plain(planes)));
    },
  };
}

/**
 * The blocked kernels on maps with images outermost, for batches that are no multiple of the block: planes of
 * neighbouring channels share a block, and are put into it and taken out again around each use.
 * Needs `channels * images` to be a multiple of the block.
 */
export function reorderedPlanes(block: number): PlaneKernels {
  /** How many neighbouring lanes always hold images of one channel. */
  const lanesPerChannel = (images: number) => greatestCommonDivisor(block, images);
  /**
   * `[block/shared, block]`: ones where a lane belongs to a part. A product with it repeats or sums lanes and exchanges
   * them with places at once; onnxruntime's Transpose of so few columns takes ten times as long.
   */
  const lanesOf = (e: OnnxEmitter, shared: number) => {
    const parts = block / shared;
    const ones = Array.from({ length: parts * block }, (_, i) =>
      Math.floor((i % block) / shared) === Math.floor(i / block) ? 1 : 0,
    );
    return e.floats(ones, [parts, block]);
  };
  const resident = (e: OnnxEmitter, map: TensorName) => {
    const reordered = e.producer(map)?.inputs[0];
    const made = reordered === undefined ? undefined : e.producer(reordered);
    return made?.type === 'ReorderOutput' ? made.inputs[0] : undefined;
  };
  const load = (e: OnnxEmitter, map: TensorName, planes: Planes) =>
    resident(e, map) ?? e.op('ReorderInput', [e.reshape(map, plain(planes))], {}, NCHWC);
  const store = (e: OnnxEmitter, operand: TensorName, planes: Planes) => {
    const attributes = { channels: planes.channels * planes.images };
    return e.reshape(e.op('ReorderOutput', [operand], attributes, NCHWC), matrix(planes), plain(planes));
  };
  return {
    name: 'reordered',
    block: 1,
    lanes: block,
    planeMultiple: block,
    load,
    store,
    repeat: (e, weights, channels, images, kernel) => {
      const [area, shared] = [kernel * kernel, lanesPerChannel(images)];
      const times = images / shared;
      const rows = e.reshape(weights, [channels, 1, area]);
      const perPart = times === 1 ? rows : e.op('Expand', [rows, e.ints([channels, times, area])]);
      const parts = e.reshape(perPart, [(channels * images) / block, block / shared, area]);
      return e.reshape(matMul(e, parts, lanesOf(e, shared), { transA: 1 }), [channels * images, 1, kernel, kernel]);
    },
    gather: (e, kernels, channels, images, kernel) => {
      const [area, shared] = [kernel * kernel, lanesPerChannel(images)];
      const lanes = e.reshape(kernels, [(channels * images) / block, area, block]);
      const parts = e.reshape(matMul(e, lanesOf(e, shared), lanes, { transB: 1 }), [channels, images / shared, area]);
      const gathered = images === shared ? parts : e.op('ReduceSum', [parts, e.ints([1])], { keepdims: 0 });
      return e.reshape(gathered, [channels, 1, kernel, kernel]);
    },
    convolve: convolution(NCHWC),
    border: borderByBlocks(block),
    // Where one of the maps lies in the kernels' order anyway, the others are brought there; else rows are cut into lanes.
    passes: (e, maps, planes) => {
      if (maps.some(map => resident(e, map))) {
        const operands = maps.map(map => load(e, map, planes));
        return blockedPasses(e, operands, planes, operand => store(e, operand, planes));
      }
      const columns = planes.images * planes.height * planes.width;
      if (columns % block !== 0) return rowPasses(e, maps);
      const cut = { channels: planes.channels, images: block, height: columns / block, width: 1 };
      const operands = maps.map(map => e.reshape(map, plain(cut)));
      return blockedPasses(e, operands, cut, operand => e.reshape(operand, matrix(planes), plain(cut)));
    },
    apart: planes => {
      if ((planes.channels * planes.images) % block !== 0) return undefined;
      return {
        dims: plain(planes),
        give: (e, map) => load(e, map, planes),
        take: (e, operand) => store(e, operand, planes),
      };
    },
    resident,
  };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
