import { elements, type ValueType } from '../types.ts';
import type { OnnxEmitter, TensorName } from './emitter.ts';
import type { Passes, PassesOver } from './passes.ts';
import type { LoweringRules } from './rule.ts';

/**
 * Batch normalisation, channel-major (Ioffe and Szegedy, arXiv 1502.03167, section 3): every formula is brought to sums
 * over rows and one `scale x + shift` per channel, since passes over wide maps are what takes the time.
 */

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

/** Sums of dy and of dy y by channel. */
function sums(e: OnnxEmitter, over: Passes, [dy, y]: readonly [TensorName, TensorName], type: ValueType): TensorName[] {
  return [e.op('Mul', [over.mean(dy), e.scalar(elements(type) / type.dims[1])]), over.dot(y, dy)];
}

export function batchNormRules(
  passes: PassesOver,
): LoweringRules<'batchNorm' | 'normalize' | 'batchNormGrad' | 'channelSums'> {
  return {
    batchNorm: ({ e, inputs: [map, gamma, beta], inputTypes: [type], attributes: { eps } }) => {
      const over = passes(e, type, [map]);
      const [x] = over.operands;
      const mean = over.mean(x);
      const square = e.op('Mul', [over.dot(x, x), e.scalar(type.dims[1] / elements(type))]);
      // Rounding may leave a constant channel a little below zero.
      const variance = e.op('Relu', [e.op('Sub', [square, e.op('Mul', [mean, mean])])]);
      return [over.affine(x, scaleAndShift(e, [gamma, beta, mean, variance], eps)), mean, variance];
    },
    normalize: ({ e, inputs: [map, ...rest], inputTypes: [type], attributes: { eps } }) => {
      const over = passes(e, type, [map]);
      return [over.affine(over.operands[0], scaleAndShift(e, rest, eps))];
    },
    // dx = s (dy + b x + c) with s = gamma/sigma, b = -dgamma/(sigma M), c = -dbeta/M - b mean.
    batchNormGrad: ({ e, inputs, inputTypes: [type], attributes: { eps }, used }) => {
      const [map, gamma, mean, variance, gradient] = inputs;
      const over = passes(e, type, [map, gradient]);
      const [x, dy] = over.operands;
      const inverse = inverseDeviation(e, variance, eps);
      const [dbeta, along] = sums(e, over, [dy, x], type);
      const centred = e.op('Sub', [along, e.op('Mul', [mean, dbeta])]);
      const dgamma = e.op('Mul', [centred, inverse]);
      const input = () => {
        const share = e.scalar(-type.dims[1] / elements(type));
        const b = e.op('Mul', [e.op('Mul', [dgamma, inverse]), share]);
        const c = e.op('Sub', [e.op('Mul', [dbeta, share]), e.op('Mul', [b, mean])]);
        return over.affine(x, [b, c], dy);
      };
      return [used[0] ? input() : undefined, e.op('Mul', [gamma, inverse]), dgamma, dbeta];
    },
    channelSums: ({ e, inputs, inputTypes: [type] }) => {
      const over = passes(e, type, inputs);
      const [dy, y] = over.operands;
      return sums(e, over, [dy, y], type);
    },
  };
}
