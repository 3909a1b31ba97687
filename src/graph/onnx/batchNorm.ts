import { elements, type ValueType } from '../types.ts';
import type { OnnxEmitter, TensorName } from './emitter.ts';
import type { PlaneKernels } from './planes.ts';
import type { LoweringRules } from './rule.ts';

/**
 * Batch normalisation, channel-major (Ioffe and Szegedy, arXiv 1502.03167, section 3): every formula is brought to sums
 * over rows and one `scale x + shift` per channel, since passes over wide maps are what takes the time.
 */

const rowSum = (e: OnnxEmitter, x: TensorName) => e.op('ReduceSum', [x, e.ints([1])], { keepdims: 1 });

function scaleAndShift(
  e: OnnxEmitter,
  [gamma, beta, mean, variance]: readonly TensorName[],
  eps: number,
): [scale: TensorName, shift: TensorName] {
  const scale = e.op('Mul', [gamma, inverseDeviation(e, variance, eps)]);
  return [scale, e.op('Sub', [beta, e.op('Mul', [mean, scale])])];
}

function inverseDeviation(e: OnnxEmitter, variance: TensorName, eps: number): TensorName {
  return e.op('Pow', [e.op('Add', [variance, e.scalar(eps)]), e.scalar(-0.5)]);
}

export function batchNormRules(kernels: PlaneKernels): LoweringRules<'batchNorm' | 'normalize' | 'batchNormGrad'> {
  /** `scale x + shift` with `[C, 1]` factors: one pass with the blocked kernels, else one for each operation. */
  const affine = (e: OnnxEmitter, x: TensorName, type: ValueType, scale: TensorName, shift: TensorName) => {
    const [images, channels, height, width] = type.dims;
    if (kernels.affine) return kernels.affine(e, x, { channels, images, height, width }, scale, shift);
    return e.op('Add', [e.op('Mul', [x, scale]), shift]);
  };
  /** `a dy + b x + c`, likewise. */
  const combination = (
    e: OnnxEmitter,
    type: ValueType,
    [dy, a]: readonly TensorName[],
    [x, b]: readonly TensorName[],
    c: TensorName,
  ) => {
    const [images, channels, height, width] = type.dims;
    if (!kernels.affine) return e.op('Add', [e.op('Mul', [dy, a]), affine(e, x, type, b, c)]);
    const planes = { channels, images, height, width };
    const zero = e.op('Mul', [c, e.scalar(0)]);
    return kernels.affine(e, x, planes, b, c, kernels.affine(e, dy, planes, a, zero));
  };
  return {
    batchNorm: ({ e, inputs: [x, gamma, beta], inputTypes: [type], attributes: { eps } }) => {
      const share = e.scalar(type.dims[1] / elements(type));
      const mean = e.op('ReduceMean', [x], { axes: [1], keepdims: 1 });
      const square = e.op('Mul', [e.op('ReduceSumSquare', [x], { axes: [1], keepdims: 1 }), share]);
      // Rounding may leave a constant channel a little below zero.
      const variance = e.op('Relu', [e.op('Sub', [square, e.op('Mul', [mean, mean])])]);
      const results = [mean, variance];
      return [affine(e, x, type, ...scaleAndShift(e, [gamma, beta, ...results], eps)), ...results];
    },
    normalize: ({ e, inputs: [x, ...rest], inputTypes: [type], attributes: { eps } }) => [
      affine(e, x, type, ...scaleAndShift(e, rest, eps)),
    ],
    // dx = a dy + b x + c with a = gamma/sigma, b = -a dgamma/(sigma M), c = -a dbeta/M - b mean.
    batchNormGrad: ({ e, inputs: [x, gamma, mean, variance, dy], inputTypes: [type], attributes: { eps }, used }) => {
      const inverse = inverseDeviation(e, variance, eps);
      const dbeta = rowSum(e, dy);
      const centred = e.op('Sub', [rowSum(e, e.op('Mul', [dy, x])), e.op('Mul', [mean, dbeta])]);
      const dgamma = e.op('Mul', [centred, inverse]);
      const input = () => {
        const a = e.op('Mul', [gamma, inverse]);
        const share = e.op('Mul', [a, e.scalar(-type.dims[1] / elements(type))]);
        const b = e.op('Mul', [share, e.op('Mul', [dgamma, inverse])]);
        const c = e.op('Sub', [e.op('Mul', [share, dbeta]), e.op('Mul', [b, mean])]);
        return combination(e, type, [dy, a], [x, b], c);
      };
      return [used[0] ? input() : undefined, dgamma, dbeta];
    },
  };
}
