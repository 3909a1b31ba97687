import type { GraphBuilder } from '../builder.ts';
import type { Attributes, ForwardOp, GraphNode, ValueId } from '../types.ts';

/** What a rule sees: the node, its values, and the gradients of its results (only the first result carries one, if any). */
export interface GradientContext<O extends ForwardOp> {
  g: GraphBuilder;
  inputs: readonly ValueId[];
  outputs: readonly ValueId[];
  attributes: Attributes[O];
  /** Gradient of the loss by the node's first result. */
  dy: ValueId;
  /** Whether the gradient by an input, given by its index, is wanted. */
  wanted(input: number): boolean;
}

/** Gradients by each input, in order; `undefined` where there is none (targets, stored statistics). */
type GradientRule<O extends ForwardOp> = (context: GradientContext<O>) => (ValueId | undefined)[];

/**
 * Reverse-mode rules, one per forward operator. A rule may emit more than is asked for: what no requested gradient
 * needs is pruned afterwards.
 */
export const gradientRules: { [O in ForwardOp]: GradientRule<O> } = {
  conv2d: ({ g, inputs: [x, w, bias], attributes, dy }) => {
    const [, , height, width] = g.type(x).dims;
    // A factor by channel costs less with the weights than with the map.
    const [gradient, factor] = g.producer(dy)?.op === 'scaleByChannel' ? (g.producer(dy) as GraphNode).inputs : [dy];
    const scaled = (weights: ValueId) =>
      factor === undefined ? weights : g.add('scaleFilters', [weights, factor], {});
    return [
      g.add('conv2dInputGrad', [gradient, scaled(w)], { ...attributes, height, width }),
      scaled(g.add('conv2dWeightGrad', [x, gradient], { ...attributes, kernel: g.type(w).dims[2] })),
      ...(bias === undefined ? [] : [g.add('biasGrad', [dy], {})]),
    ];
  },
  batchNorm: ({ g, inputs: [x, gamma], outputs: [, mean, variance], attributes, dy }) =>
    normGradients(g, [x, gamma, mean, variance, dy], attributes),
  normalize: ({ g, inputs: [x, gamma, , mean, variance], attributes, dy }) => [
    ...normGradients(g, [x, gamma, mean, variance, dy], attributes),
    undefined,
    undefined,
  ],
  pointwiseBatchNorm: ({ inputs, outputs: [y, mean, variance], ...rest }) =>
    pointwiseNormGradients({ ...rest, inputs: [...inputs, mean, variance], y }),
  pointwiseNormalize: ({ outputs: [y], ...rest }) => [...pointwiseNormGradients({ ...rest, y }), undefined, undefined],
  relu: ({ g, outputs: [y], dy }) => [g.add('reluGrad', [y, dy], {})],
  relu6: ({ g, outputs: [y], dy }) => [g.add('relu6Grad', [y, dy], {})],
  hswish: ({ g, inputs: [x], dy }) => [g.add('hswishGrad', [x, dy], {})],
  hsigmoid: ({ g, inputs: [x], dy }) => [g.add('hsigmoidGrad', [x, dy], {})],
  sigmoid: ({ g, outputs: [y], dy }) => [g.add('sigmoidGrad', [y, dy], {})],
  add: ({ dy }) => [dy, dy],
  multiply: ({ g, inputs: [a, b], dy }) => [g.add('multiply', [dy, b], {}), g.add('multiply', [dy, a], {})],
  scaleChannels: ({ g, inputs: [x, s], dy }) => [
    g.add('scaleChannels', [dy, s], {}),
    g.add('sumSpatial', [g.add('multiply', [dy, x], {})], { scale: 1 }),
  ],
  concat: ({ g, inputs, dy }) => {
    let from = 0;
    return inputs.map(input => {
      const to = from + g.type(input).dims[1];
      const slice = g.add('sliceChannels', [dy], { from, to });
      from = to;
      return slice;
    });
  },
  sliceChannels: ({ g, inputs: [x], attributes, dy }) => [
    g.add('padChannels', [dy], { from: attributes.from, channels: g.type(x).dims[1] }),
  ],
  maxPool: ({ g, inputs: [x], outputs: [y], attributes, dy }) => [g.add('maxPoolGrad', [x, y, dy], attributes)],
  avgPool: ({ g, inputs: [x], attributes, dy }) => {
    const [, , height, width] = g.type(x).dims;
    return [g.add('avgPoolGrad', [dy], { ...attributes, height, width })];
  },
  // The other way round: what came in from outside has no gradient, what left has none of its own.
  shift: ({ g, attributes: { down, right }, dy }) => [g.add('shift', [dy], { down: -down, right: -right })],
  sumSpatial: ({ g, inputs: [x], attributes: { scale }, dy }) => {
    const [, , height, width] = g.type(x).dims;
    return [g.add('broadcastSpatial', [dy], { height, width, scale })];
  },
  broadcastSpatial: ({ g, attributes: { scale }, dy }) => [g.add('sumSpatial', [dy], { scale })],
  // The loss is where differentiation starts: its own gradient is 1.
  softmaxCrossEntropy: ({ g, inputs: [, targets], outputs: [, probabilities] }) => [
    g.add('softmaxCrossEntropyGrad', [probabilities, targets], {}),
    undefined,
  ],
};

function normGradients(g: GraphBuilder, inputs: readonly ValueId[], attributes: Attributes['batchNorm']): ValueId[] {
  const [d, scale, dgamma, dbeta] = g.outputs('batchNormGrad', inputs, attributes);
  return [g.add('scaleByChannel', [d, scale], {}), dgamma, dbeta];
}

/** @param context `y` the result, of inputs (x, w, gamma, beta, mean, variance) */
function pointwiseNormGradients({
  g,
  inputs: [x, w, gamma, beta, mean, variance],
  y,
  attributes,
  dy,
  wanted,
}: Omit<GradientContext<'pointwiseNormalize'>, 'outputs'> & { y: ValueId }): (ValueId | undefined)[] {
  if ([1, 2, 3].some(wanted)) return g.outputs('pointwiseBatchNormGrad', [x, w, gamma, mean, variance, dy], attributes);
  // Where an activation behind it lets a gradient through, it left y as it was: its own result does, which is kept.
  const behind = g.producer(dy);
  const clips = behind?.op === 'reluGrad' || behind?.op === 'relu6Grad';
  const kept = clips && g.producer(behind.inputs[0])?.inputs[0] === y ? behind.inputs[0] : y;
  const sums = g.outputs('channelSums', [dy, kept], {});
  return [g.add('pointwiseNormInputGrad', [x, w, gamma, beta, mean, variance, dy, ...sums], attributes)];
}

/** Applies the rule of a node; the one place where the link between an operator and its attributes is re-established. */
export function applyRule(
  g: GraphBuilder,
  node: GraphNode,
  dy: ValueId,
  wanted: (input: number) => boolean,
): (ValueId | undefined)[] {
  const rule = gradientRules[node.op as ForwardOp] as GradientRule<ForwardOp> | undefined;
  if (!rule) throw new Error(`graph: ${node.op} has no gradient rule`);
  return rule({ g, inputs: node.inputs, outputs: node.outputs, attributes: node.attributes as never, dy, wanted });
}
