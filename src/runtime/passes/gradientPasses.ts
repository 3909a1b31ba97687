import type { MapPass, PassActivation } from '../../graph/cut/units.ts';
import type { MapLanes } from '../../graph/onnx/rule.ts';
import type { PassName } from './kernels.ts';
import type { MapPasses } from './mapPasses.ts';

/**
 * Batch normalisation and gradients of activations by passes over maps: the formulas of `graph/onnx/batchNorm.ts`, with what
 * is by channel computed here, in double precision.
 */

export type MapGradient = 'none' | 'inPlace' | 'new';

const capital = (text: string) => text[0].toUpperCase() + text.slice(1);

/**
 * Runs a pass.
 * @param inputs maps as they lie between models, vectors by channel
 * @param gradient what is to be done with the gradient by maps: left out where nobody wants it, or written over the one that
 * came in where that is nobody's afterwards
 * @returns the pass's results in order
 */
export function runPass(
  passes: MapPasses,
  pass: MapPass,
  lanes: MapLanes,
  inputs: readonly Float32Array[],
  gradient: MapGradient,
): (Float32Array | undefined)[] {
  switch (pass.op) {
    case 'activationGrad':
      return activationGrad(passes, pass, lanes, inputs, gradient);
    case 'normGrad':
      return normGrad(passes, pass, lanes, inputs, gradient);
  }
}

function activationGrad(
  passes: MapPasses,
  { activation, products }: Extract<MapPass, { op: 'activationGrad' }>,
  lanes: MapLanes,
  [y, dy]: readonly Float32Array[],
  gradient: MapGradient,
): Float32Array[] {
  const dx = gradient === 'inPlace' ? dy : passes.newMap(lanes);
  const kernel = `${activation}Grad${products ? 'Products' : ''}` as PassName;
  const sums = passes.run(kernel, lanes, [y, dy], [], dx);
  return [dx, ...sums.map(sum => Float32Array.from(sum))];
}

/** d = m + b x + c behind batch norm's result, m the gradient by it; `batchNormGrad` has the formulas. */
function normGrad(
  passes: MapPasses,
  { activation, eps }: Extract<MapPass, { op: 'normGrad' }>,
  lanes: MapLanes,
  [x, gamma, beta, mean, variance, dy]: readonly Float32Array[],
  gradient: MapGradient,
): (Float32Array | undefined)[] {
  const { scale, shift, inverse } = scaleAndShift(gamma, beta, mean, variance, eps);
  const kernel = `norm${activation ? capital(activation) : ''}Grad` as PassName;
  const slope = activation ? slopeFactors(activation, scale, shift) : [];
  const [dbeta, along] = passes.run(`${kernel}Sums` as PassName, lanes, [x, dy], slope);
  const count = countOf(lanes);
  const dgamma = along.map((value, c) => (value - mean[c] * dbeta[c]) * inverse[c]);
  const vectors = [scale, dgamma, dbeta].map(vector => Float32Array.from(vector));
  if (gradient === 'none') return [undefined, ...vectors];
  const b = dgamma.map((value, c) => (-value * inverse[c]) / count);
  const c = dbeta.map((value, channel) => -value / count - b[channel] * mean[channel]);
  const d = gradient === 'inPlace' ? dy : passes.newMap(lanes);
  passes.run(kernel, lanes, [x, dy], [...slope, b, c], d);
  return [d, ...vectors];
}

/** What a pass takes to find an activation's slope from batch norm's input: see `kernels.ts`. */
function slopeFactors(activation: PassActivation, scale: Float64Array, shift: Float64Array): Float64Array[] {
  if (activation === 'hswish') return [scale, shift];
  const end = activation === 'relu6' ? 6 : Number.POSITIVE_INFINITY;
  const [low, high] = [new Float64Array(scale.length), new Float64Array(scale.length)];
  scale.forEach((factor, c) => {
    const bounds = [-shift[c] / factor, (end - shift[c]) / factor];
    // Without the input everything or nothing has a slope.
    const still = shift[c] > 0 && shift[c] < end ? [-1, 1] : [1, -1];
    const [first, last] = factor === 0 ? still.map(side => side * Number.POSITIVE_INFINITY) : bounds;
    low[c] = factor < 0 ? last : first;
    high[c] = factor < 0 ? first : last;
  });
  return [low, high];
}

function scaleAndShift(
  gamma: Float32Array,
  beta: Float32Array,
  mean: Float32Array,
  variance: Float32Array,
  eps: number,
) {
  const inverse = Float64Array.from(variance, value => 1 / Math.sqrt(value + eps));
  const scale = inverse.map((value, c) => gamma[c] * value);
  const shift = scale.map((value, c) => beta[c] - mean[c] * value);
  return { scale, shift, inverse };
}

/** Numbers of a channel: images times places. */
function countOf({ lanes, places, segments, sets, perSet }: MapLanes): number {
  return (segments / sets) * places * (perSet === 1 ? lanes : 1);
}
