import type { ValueType } from '../types.ts';
import { matMul } from './elementwise.ts';
import type { OnnxEmitter, TensorName } from './emitter.ts';

/** A map and its logical type. */
export interface TypedMap {
  map: TensorName;
  type: ValueType;
}

/** `W x`, with weights `[O, I]`. */
export interface Product extends TypedMap {
  weights: TensorName;
  /** Weights lie as `[I, O]`. */
  transposed?: boolean;
  /** A column `[O, 1]` that is added at every place. */
  bias?: TensorName;
  /** Weights have that column themselves, `[O, I + 1]`: `W [x; 1]`. */
  ones?: boolean;
}

/** Products over the channels of maps: what 1x1 convolutions, their gradients and their batch statistics are made of. */
export interface Products {
  /** `W x`, less another product where given: a map of type `out`. */
  apply(e: OnnxEmitter, product: Product, out: ValueType, less?: Product): TensorName;
  /** `alpha a b^T` summed over all places: `[A, B]`; with `ones` `alpha a [b; 1]^T`: `[A, B + 1]`. */
  outer(e: OnnxEmitter, a: TypedMap, b: TypedMap, how?: { alpha?: number; ones?: boolean }): TensorName;
}

/** `[x; 1]`, by padding: a row of ones as a tensor of its own would be folded into a constant and kept by every session. */
function withOnes(e: OnnxEmitter, x: TensorName): TensorName {
  return e.op('Pad', [x, e.ints([0, 0, 1, 0]), e.scalar(1)]);
}

function multiply(e: OnnxEmitter, { weights, map, transposed, bias, ones }: Product): TensorName {
  if (bias !== undefined) return matMul(e, e.op('Concat', [weights, bias], { axis: 1 }), withOnes(e, map));
  return matMul(e, weights, ones ? withOnes(e, map) : map, { transA: transposed ? 1 : 0 });
}

/** By matrix products over maps that lie as `[C, M]`. */
export const matrixProducts: Products = {
  apply: (e, product, _, less) => {
    const y = multiply(e, product);
    return less ? e.op('Sub', [y, multiply(e, less)]) : y;
  },
  outer: (e, a, b, { alpha, ones } = {}) => matMul(e, a.map, ones ? withOnes(e, b.map) : b.map, { transB: 1, alpha }),
};
