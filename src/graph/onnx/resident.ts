import type { Op } from '../types.ts';
import { elementwiseRules, stepBelow } from './elementwise.ts';
import { type AttributeValue, floats, NCHWC, type OnnxEmitter, type Produced, type TensorName } from './emitter.ts';
import { planesOf } from './passes.ts';
import type { PlaneKernels } from './planes.ts';
import type { LoweringRule } from './rule.ts';

type Activation = { activation: string } & Record<string, AttributeValue>;

/** Activations that a blocked convolution can do on its way out. */
const fusable: Partial<Record<Op, Activation>> = {
  relu: { activation: 'Relu' },
  relu6: { activation: 'Clip', activation_params: floats([0, 6]) },
};

/** Of the element-wise operators, those that read maps. */
const mapRules = (({ scaleFilters: _, ...rules }) => rules)(elementwiseRules);

/**
 * Element-wise operators where their inputs lie: an activation is done by the blocked convolution before it, and maps
 * that still are in the kernels' own order stay in it.
 */
export function residentRules(kernels: PlaneKernels): typeof elementwiseRules {
  const resident = Object.entries(mapRules).map(([op, rule]) => [
    op,
    whereItLies(kernels, op as Op, rule as LoweringRule<Op>),
  ]);
  return { ...elementwiseRules, ...Object.fromEntries(resident) };
}

function whereItLies(kernels: PlaneKernels, op: Op, rule: LoweringRule<Op>): LoweringRule<Op> {
  const activation = fusable[op];
  return context => {
    const { e, inputs, inputTypes } = context;
    if (inputTypes[0].kind === 'array') return rule(context);
    const planes = planesOf(inputTypes[0]);
    const inOrder = inputs.some(input => kernels.resident?.(e, input) !== undefined);
    const operands = inOrder ? inputs.map(input => kernels.load(e, input, planes)) : inputs;
    const distance = op === 'relu6Grad' && context.alone[0] ? distanceFromThree(e, operands[0]) : undefined;
    const masked = distance && e.op('Mul', [operands[1], stepBelow(e, distance, 3)]);
    const shorter = masked ?? (activation && fuse(e, operands[0], activation));
    const results = shorter ? [shorter] : rule({ ...context, inputs: operands });
    // A sum over two maps is no map.
    if (!inOrder || op === 'dot') return results;
    return results.map(result => result && kernels.store(e, result, planes));
  };
}

/** The blocked convolution that `x` comes from, written anew with the activation; undefined where `x` comes from something else. */
function fuse(e: OnnxEmitter, x: TensorName, activation: Activation): TensorName | undefined {
  return rewritten(e, x, ({ inputs, attributes }) =>
    attributes.activation === undefined ? { inputs, attributes: { ...attributes, ...activation } } : undefined,
  );
}

/**
 * `|u - 3|`, where `x` is relu6(u) by a blocked convolution with a shift: the convolution written anew, in place of two passes.
 */
function distanceFromThree(e: OnnxEmitter, x: TensorName): TensorName | undefined {
  return rewritten(e, x, ({ inputs: [map, weights, shift, ...added], attributes }) => {
    if (!shift || attributes.activation !== 'Clip') return undefined;
    const inputs = [map, weights, e.op('Sub', [shift, e.scalar(3)]), ...added];
    return { inputs, attributes: { ...attributes, activation: 'LeakyRelu', activation_params: floats([-1]) } };
  });
}

type Node = Pick<Produced, 'inputs' | 'attributes'>;

/** The blocked convolution that `x` comes from in another way; undefined where it comes from something else. */
function rewritten(e: OnnxEmitter, x: TensorName, how: (made: Node) => Node | undefined): TensorName | undefined {
  const made = e.producer(x);
  if (made?.type === 'Reshape') {
    const inner = rewritten(e, made.inputs[0], how);
    return inner === undefined ? undefined : e.op('Reshape', [inner, made.inputs[1]]);
  }
  const other = made?.type === 'Conv' && made.domain === NCHWC ? how(made) : undefined;
  return other && e.op('Conv', other.inputs, other.attributes, NCHWC);
}
