import { elements, type ValueType } from '../types.ts';
import { matMul } from './elementwise.ts';
import type { OnnxEmitter, TensorName } from './emitter.ts';
import type { LoweringRules } from './rule.ts';

/**
 * A widening 1x1 convolution with its batch normalisation, channel-major: statistics and gradients by small matrices.
 *
 * With `x1 = [x; 1]` the narrow input with a row of ones, `G = x1 x^T / M` holds `S = E[x x^T]` and below it the mean's row
 * `m^T`. Then for `y = W x`: `W G^T = [W S, W m]`, `mean(y) = W m`, `var(y) = diag(W S W^T) - mean(y)^2`, and the normalised
 * result is one product `[s W, beta - s mean(y)] x1` with `s = gamma / sigma`, `sigma = sqrt(var + eps)`. Backward, with
 * `dy x1^T = [P, dbeta]`: `dgamma = (rowsum(P * W) - dbeta mean(y)) / sigma`. What normalisation takes back of a gradient is
 * `T x1 / M` with `T = dgamma/sigma * [W, -mean(y)] + [0, dbeta]`, so that `dW = s (P - T G)` and
 * `dx = (s W)^T dy - (s W)^T T x1 / M`.
 */

const rowSum = (e: OnnxEmitter, x: TensorName) => e.op('ReduceSum', [x, e.ints([1])], { keepdims: 1 });
const columns = (e: OnnxEmitter, x: TensorName, from: number, to: number) =>
  e.op('Slice', [x, e.ints([from]), e.ints([to]), e.ints([1])]);

/** `[x; 1]`, by padding: a row of ones as a tensor of its own would be folded into a constant and kept by every session. */
function withOnes(e: OnnxEmitter, x: TensorName): TensorName {
  return e.op('Pad', [x, e.ints([0, 0, 1, 0]), e.scalar(1)]);
}

/** `G = [x; 1] x^T / M`, `[I + 1, I]`. */
function moments(e: OnnxEmitter, x: TensorName, x1: TensorName, type: ValueType): TensorName {
  return matMul(e, x1, x, { transB: 1, alpha: type.dims[1] / elements(type) });
}

function inverseDeviation(e: OnnxEmitter, variance: TensorName, eps: number): TensorName {
  return e.op('Pow', [e.op('Add', [variance, e.scalar(eps)]), e.scalar(-0.5)]);
}

/** `[s W, beta - s mean] x1` */
function normalised(
  e: OnnxEmitter,
  [x1, w, gamma, beta, mean, variance]: readonly TensorName[],
  eps: number,
): TensorName {
  const scale = e.op('Mul', [gamma, inverseDeviation(e, variance, eps)]);
  const shift = e.op('Sub', [beta, e.op('Mul', [scale, mean])]);
  return matMul(e, e.op('Concat', [e.op('Mul', [w, scale]), shift], { axis: 1 }), x1);
}

export const pointwiseNormRules: LoweringRules<'pointwiseBatchNorm' | 'pointwiseNormalize' | 'pointwiseBatchNormGrad'> =
  {
    pointwiseBatchNorm: ({ e, inputs: [x, weights, gamma, beta], inputTypes: [type, wType], attributes: { eps } }) => {
      const w = e.reshape(weights, wType.dims.slice(0, 2));
      const x1 = withOnes(e, x);
      const [, channels] = type.dims;
      const products = matMul(e, w, moments(e, x, x1, type), { transB: 1 });
      const mean = columns(e, products, channels, channels + 1);
      const square = rowSum(e, e.op('Mul', [columns(e, products, 0, channels), w]));
      // Rounding may leave a constant channel a little below zero.
      const variance = e.op('Relu', [e.op('Sub', [square, e.op('Mul', [mean, mean])])]);
      return [normalised(e, [x1, w, gamma, beta, mean, variance], eps), mean, variance];
    },
    pointwiseNormalize: ({ e, inputs: [x, weights, ...rest], inputTypes: [, wType], attributes: { eps } }) => [
      normalised(e, [withOnes(e, x), e.reshape(weights, wType.dims.slice(0, 2)), ...rest], eps),
    ],
    pointwiseBatchNormGrad: ({
      e,
      inputs: [x, weights, gamma, mean, variance, dy],
      inputTypes: [type, wType],
      attributes: { eps },
      used,
    }) => {
      const [, channels] = type.dims;
      const w = e.reshape(weights, wType.dims.slice(0, 2));
      const x1 = withOnes(e, x);
      const inverse = inverseDeviation(e, variance, eps);
      const scale = e.op('Mul', [gamma, inverse]);
      const scaled = e.op('Mul', [w, scale]);

      const products = matMul(e, dy, x1, { transB: 1 });
      const direct = columns(e, products, 0, channels);
      const dbeta = columns(e, products, channels, channels + 1);
      const along = e.op('Sub', [rowSum(e, e.op('Mul', [direct, w])), e.op('Mul', [dbeta, mean])]);
      const dgamma = e.op('Mul', [along, inverse]);
      const pull = e.op('Mul', [dgamma, inverse]);
      const constant = e.op('Sub', [dbeta, e.op('Mul', [pull, mean])]);
      const taken = e.op('Concat', [e.op('Mul', [w, pull]), constant], { axis: 1 });

      const weightGradient = () => {
        const back = matMul(e, taken, moments(e, x, x1, type));
        return e.op('Mul', [e.op('Sub', [direct, back]), scale]);
      };
      const inputGradient = () => {
        const back = matMul(e, scaled, taken, { transA: 1, alpha: channels / elements(type) });
        return e.op('Sub', [matMul(e, scaled, dy, { transA: 1 }), matMul(e, back, x1)]);
      };
      return [
        used[0] ? inputGradient() : undefined,
        used[1] ? e.reshape(weightGradient(), wType.dims) : undefined,
        used[2] ? dgamma : undefined,
        used[3] ? dbeta : undefined,
      ];
    },
  };
