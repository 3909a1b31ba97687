import { elements, type ValueType } from '../types.ts';
import { matMul } from './elementwise.ts';
import type { OnnxEmitter, TensorName } from './emitter.ts';
import type { LoweringRules } from './rule.ts';

/**
 * A widening 1x1 convolution with its batch normalisation, channel-major: statistics and gradients by small matrices.
 *
 * With `x1 = [x; 1]` the narrow input with a row of ones, `G = x1 x1^T / M` holds the mean m and `Cov = E[x x^T] - m m^T`.
 * Then for `y = W x`: `mean(y) = W m`, `var(y) = diag(W Cov W^T)`, and the normalised result is one product
 * `[s W, beta - s mean(y)] x1` with `s = gamma / sqrt(var + eps)`. Backward, with `P = dy x1^T` (last column: dbeta) and
 * `Pc = dy (x - m)^T`: `dgamma = rowsum(Pc * W) / sigma`, `dW = s (Pc - dgamma/sigma * W Cov)`, and
 * `dx = (s W)^T dy - [K, k] x1`, `K = W^T diag(s dgamma / (sigma M)) W`, `k = W^T (s dbeta / M) - K m`.
 */

const rowSum = (e: OnnxEmitter, x: TensorName) => e.op('ReduceSum', [x, e.ints([1])], { keepdims: 1 });
const columns = (e: OnnxEmitter, x: TensorName, from: number, to: number) =>
  e.op('Slice', [x, e.ints([from]), e.ints([to]), e.ints([1])]);

/** `[x; 1]`, by padding: a row of ones as a tensor of its own would be folded into a constant and kept by every session. */
function withOnes(e: OnnxEmitter, x: TensorName): TensorName {
  return e.op('Pad', [x, e.ints([0, 0, 1, 0]), e.scalar(1)]);
}

/** Mean `[I, 1]` and covariance `[I, I]` of the input. */
function moments(e: OnnxEmitter, x1: TensorName, type: ValueType): { mean: TensorName; covariance: TensorName } {
  const channels = type.dims[1];
  const second = matMul(e, x1, x1, { transB: 1, alpha: channels / elements(type) });
  const rows = e.op('Slice', [second, e.ints([0]), e.ints([channels]), e.ints([0])]);
  const mean = columns(e, rows, channels, channels + 1);
  const products = e.op('Mul', [mean, e.op('Transpose', [mean], { perm: [1, 0] })]);
  return { mean, covariance: e.op('Sub', [columns(e, rows, 0, channels), products]) };
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
      const { mean, covariance } = moments(e, x1, type);
      const outMean = matMul(e, w, mean);
      const outVariance = rowSum(e, e.op('Mul', [matMul(e, w, covariance), w]));
      return [normalised(e, [x1, w, gamma, beta, outMean, outVariance], eps), outMean, outVariance];
    },
    pointwiseNormalize: ({ e, inputs: [x, weights, ...rest], inputTypes: [, wType], attributes: { eps } }) => [
      normalised(e, [withOnes(e, x), e.reshape(weights, wType.dims.slice(0, 2)), ...rest], eps),
    ],
    pointwiseBatchNormGrad: ({
      e,
      inputs: [x, weights, gamma, , variance, dy],
      inputTypes,
      attributes: { eps },
      used,
    }) => {
      const [type, wType] = inputTypes;
      const channels = type.dims[1];
      const share = e.scalar(channels / elements(type));
      const w = e.reshape(weights, wType.dims.slice(0, 2));
      const x1 = withOnes(e, x);
      const { mean, covariance } = moments(e, x1, type);
      const inverse = inverseDeviation(e, variance, eps);
      const scale = e.op('Mul', [gamma, inverse]);

      const products = matMul(e, dy, x1, { transB: 1 });
      const dbeta = columns(e, products, channels, channels + 1);
      const meanRow = e.op('Transpose', [mean], { perm: [1, 0] });
      const centred = e.op('Sub', [columns(e, products, 0, channels), e.op('Mul', [dbeta, meanRow])]);
      const dgamma = e.op('Mul', [rowSum(e, e.op('Mul', [centred, w])), inverse]);
      const pull = e.op('Mul', [dgamma, inverse]);

      const weightGradient = () =>
        e.op('Mul', [e.op('Sub', [centred, e.op('Mul', [matMul(e, w, covariance), pull])]), scale]);
      const inputGradient = () => {
        const pulled = e.op('Mul', [w, e.op('Mul', [e.op('Mul', [scale, pull]), share])]);
        const k = matMul(e, w, pulled, { transA: 1 });
        const shift = e.op('Sub', [
          matMul(e, w, e.op('Mul', [e.op('Mul', [scale, dbeta]), share]), { transA: 1 }),
          matMul(e, k, mean),
        ]);
        const direct = matMul(e, e.op('Mul', [w, scale]), dy, { transA: 1 });
        return e.op('Sub', [direct, matMul(e, e.op('Concat', [k, shift], { axis: 1 }), x1)]);
      };
      return [
        used[0] ? inputGradient() : undefined,
        used[1] ? e.reshape(weightGradient(), wType.dims) : undefined,
        used[2] ? dgamma : undefined,
        used[3] ? dbeta : undefined,
      ];
    },
  };
