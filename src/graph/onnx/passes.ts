import type { ValueType } from '../types.ts';
import { NCHWC, type OnnxEmitter, type TensorName } from './emitter.ts';

/** Sizes of a map seen as `channels * images` independent planes. */
export interface Planes {
  channels: number;
  images: number;
  height: number;
  width: number;
}

export const planesOf = ({ dims: [images, channels, height, width] }: ValueType): Planes => ({
  channels,
  images,
  height,
  width,
});

/** Passes over channel-major maps of one type that know channels, not places. Results and factors are columns `[C, 1]`. */
export interface Passes {
  /** The maps in the order in memory that the passes work on. */
  operands: readonly TensorName[];
  mean(x: TensorName): TensorName;
  /** Sums of products. */
  dot(a: TensorName, b: TensorName): TensorName;
  /** `scale x + shift (+ added)`, as a map again. */
  affine(x: TensorName, factors: readonly [scale: TensorName, shift: TensorName], added?: TensorName): TensorName;
}

export type PassesOver = (e: OnnxEmitter, type: ValueType, maps: readonly TensorName[]) => Passes;

/** By standard operators, over rows of a matrix `[C, M]`. */
export function rowPasses(e: OnnxEmitter, operands: readonly TensorName[]): Passes {
  return {
    operands,
    mean: x => e.op('ReduceMean', [x], { axes: [1], keepdims: 1 }),
    dot: (a, b) =>
      a === b
        ? e.op('ReduceSumSquare', [a], { axes: [1], keepdims: 1 })
        : e.op('ReduceSum', [e.op('Mul', [a, b]), e.ints([1])], { keepdims: 1 }),
    affine: (x, [scale, shift], added) => {
      const result = e.op('Add', [e.op('Mul', [x, scale]), shift]);
      return added === undefined ? result : e.op('Add', [added, result]);
    },
  };
}

/**
 * By onnxruntime's blocked convolutions over operands `[1, channels * images, height, width]`, one pass each: a kernel of
 * one element scales and shifts a plane, a kernel as large as the plane sums its products. Any part of a channel may
 * stand for a plane.
 */
export function blockedPasses(
  e: OnnxEmitter,
  operands: readonly TensorName[],
  { channels, images, height, width }: Planes,
  store: (operand: TensorName) => TensorName,
): Passes {
  const count = channels * images;
  const still = { group: count, strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] };
  const perPlane = (factor: TensorName, dims: number[]) =>
    e.reshape(e.op('Expand', [factor, e.ints([channels, images])]), dims);
  const byImage = (planes: TensorName) => e.reshape(planes, [channels, images]);
  return {
    operands,
    mean: x => e.op('ReduceMean', [byImage(e.op('GlobalAveragePool', [x], {}, NCHWC))], { axes: [1], keepdims: 1 }),
    dot: (a, b) => {
      const products = e.op('Conv', [a, e.reshape(b, [count, 1, height, width])], still, NCHWC);
      return e.op('ReduceSum', [byImage(products), e.ints([1])], { keepdims: 1 });
    },
    affine: (x, [scale, shift], added) => {
      const inputs = [x, perPlane(scale, [count, 1, 1, 1]), perPlane(shift, [count])];
      return store(e.op('Conv', added === undefined ? inputs : [...inputs, added], still, NCHWC));
    },
  };
}
