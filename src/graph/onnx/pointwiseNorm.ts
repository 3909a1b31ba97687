import { elements, type ValueType } from '../types.ts';
import { matMul } from './elementwise.ts';
import type { OnnxEmitter, TensorName } from './emitter.ts';
import type { Products, TypedMap } from './products.ts';
import type { LoweringRules } from './rule.ts';

/**
 * A widening 1x1 convolution with its batch normalisation, channel-major: statistics and gradients by small matrices.
 *
 * With `x1 = [x; 1]` the narrow input with a row of ones, `G = x x1^T / M` holds `S = E[x x^T]` and beside it the mean `m`. Then
 * for `y = W x`: `W G = [W S, W m]`, `mean(y) = W m`, `var(y) = diag(W S W^T) - mean(y)^2`, and the normalised
 * result is one product `[s W, beta - s mean(y)] x1` with `s = gamma / sigma`, `sigma = sqrt(var + eps)`. Backward, with
 * `dy x1^T = [P, dbeta]`: `dgamma = (rowsum(P * W) - dbeta mean(y)) / sigma`. What normalisation takes back of a gradient is
 * `T x1 / M` with `T = dgamma/sigma * [W, -mean(y)] + [0, dbeta]`, so that `dW = s (P - T G^T)` and
 * `dx = (s W)^T dy - (s W)^T T x1 / M`.
 */

const rowSum = (e: OnnxEmitter, x: TensorName) => e.op('ReduceSum', [x, e.ints([1])], { keepdims: 1 });
const columns = (e: OnnxEmitter, x: TensorName, from: number, to: number) =>
  e.op('Slice', [x, e.ints([from]), e.ints([to]), e.ints([1])]);

function inverseDeviation(e: OnnxEmitter, variance: TensorName, eps: number): TensorName {
  return e.op('Pow', [e.op('Add', [variance, e.scalar(eps)]), e.scalar(-0.5)]);
}

const channelsOf = ({ dims }: ValueType) => dims[1];

export function pointwiseNormRules({
  apply,
  outer,
}: Products): LoweringRules<
  'pointwiseBatchNorm' | 'pointwiseNormalize' | 'pointwiseBatchNormGrad' | 'pointwiseNormInputGrad'
> {
  /** `G = x [x; 1]^T / M`, `[I, I + 1]`. */
  const moments = (e: OnnxEmitter, x: TypedMap) =>
    outer(e, x, x, { alpha: channelsOf(x.type) / elements(x.type), ones: true });

  /** `[s W, beta - s mean] x1` */
  const normalised = (
    e: OnnxEmitter,
    x: TypedMap,
    [w, gamma, beta, mean, variance]: readonly TensorName[],
    eps: number,
    out: ValueType,
  ) => {
    const scale = e.op('Mul', [gamma, inverseDeviation(e, variance, eps)]);
    const shift = e.op('Sub', [beta, e.op('Mul', [scale, mean])]);
    return apply(e, { ...x, weights: e.op('Mul', [w, scale]), bias: shift }, out);
  };

  /** `scaled^T dy - a^T b x1 / M` */
  const inputGradient = (
    e: OnnxEmitter,
    x: TypedMap,
    dy: TypedMap,
    scaled: TensorName,
    [a, b]: readonly [TensorName, TensorName],
  ) => {
    const weights = matMul(e, a, b, { transA: 1, alpha: channelsOf(x.type) / elements(x.type) });
    return apply(e, { ...dy, weights: scaled, transposed: true }, x.type, { ...x, weights, ones: true });
  };

  return {
    pointwiseBatchNorm: context => {
      const { e, inputs, inputTypes, outputTypes, attributes } = context;
      const [map, weights, gamma, beta] = inputs;
      const [type, wType] = inputTypes;
      const channels = channelsOf(type);
      const w = e.reshape(weights, wType.dims.slice(0, 2));
      const products = matMul(e, w, moments(e, { map, type }));
      const mean = columns(e, products, channels, channels + 1);
      const square = rowSum(e, e.op('Mul', [columns(e, products, 0, channels), w]));
      // Rounding may leave a constant channel a little below zero.
      const variance = e.op('Relu', [e.op('Sub', [square, e.op('Mul', [mean, mean])])]);
      const y = normalised(e, { map, type }, [w, gamma, beta, mean, variance], attributes.eps, outputTypes[0]);
      return [y, mean, variance];
    },
    pointwiseNormalize: ({ e, inputs, inputTypes: [type, wType], outputTypes: [out], attributes: { eps } }) => {
      const [map, weights, ...rest] = inputs;
      const w = e.reshape(weights, wType.dims.slice(0, 2));
      return [normalised(e, { map, type }, [w, ...rest], eps, out)];
    },
    pointwiseBatchNormGrad: ({ e, inputs, inputTypes, attributes: { eps }, used }) => {
      const [map, weights, gamma, mean, variance, gradient, sum] = inputs;
      const [type, wType] = inputTypes;
      const [x, dy] = [
        { map, type },
        { map: gradient, type: inputTypes[5] },
      ];
      const channels = channelsOf(type);
      const w = e.reshape(weights, wType.dims.slice(0, 2));
      const inverse = inverseDeviation(e, variance, eps);
      const scale = e.op('Mul', [gamma, inverse]);
      const scaled = e.op('Mul', [w, scale]);

      const products = outer(e, dy, x, { ones: sum === undefined });
      const direct = sum === undefined ? columns(e, products, 0, channels) : products;
      const dbeta = sum ?? columns(e, products, channels, channels + 1);
      const along = e.op('Sub', [rowSum(e, e.op('Mul', [direct, w])), e.op('Mul', [dbeta, mean])]);
      const dgamma = e.op('Mul', [along, inverse]);
      const pull = e.op('Mul', [dgamma, inverse]);
      const constant = e.op('Sub', [dbeta, e.op('Mul', [pull, mean])]);
      const taken = e.op('Concat', [e.op('Mul', [w, pull]), constant], { axis: 1 });

      const weightGradient = () => {
        const back = matMul(e, taken, moments(e, x), { transB: 1 });
        return e.op('Mul', [e.op('Sub', [direct, back]), scale]);
      };
      return [
        used[0] ? inputGradient(e, x, dy, scaled, [scaled, taken]) : undefined,
        used[1] ? e.reshape(weightGradient(), wType.dims) : undefined,
        used[2] ? dgamma : undefined,
        used[3] ? dbeta : undefined,
      ];
    },
    // gamma dgamma = <dy, y> - beta dbeta, so that (s W)^T T takes neither dgamma nor a division by gamma.
    pointwiseNormInputGrad: ({ e, inputs, inputTypes, attributes: { eps } }) => {
      const [map, weights, gamma, beta, mean, variance, gradient, dbeta, product] = inputs;
      const [type, wType] = inputTypes;
      const w = e.reshape(weights, wType.dims.slice(0, 2));
      const inverse = inverseDeviation(e, variance, eps);
      const along = e.op('Sub', [product, e.op('Mul', [beta, dbeta])]);
      const pull = e.op('Mul', [along, inverse]);
      const constant = e.op('Sub', [e.op('Mul', [gamma, dbeta]), e.op('Mul', [pull, mean])]);
      const taken = e.op('Concat', [e.op('Mul', [w, pull]), constant], { axis: 1 });
      const unscaled = e.op('Mul', [w, inverse]);
      const dy = { map: gradient, type: inputTypes[6] };
      return [inputGradient(e, { map, type }, dy, e.op('Mul', [unscaled, gamma]), [unscaled, taken])];
    },
  };
}
