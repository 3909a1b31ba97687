import type { Op } from '../types.ts';
import { elementwiseRules } from './elementwise.ts';
import { type AttributeValue, floats, NCHWC, type OnnxEmitter, type TensorName } from './emitter.ts';
import { planesOf } from './passes.ts';
import type { PlaneKernels } from './planes.ts';
import type { LoweringRule } from './rule.ts';

/** Activations that a blocked convolution can do on its way out. */
const fusable: Partial<Record<Op, { activation: string } & Record<string, AttributeValue>>> = {
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
    const fused = activation && fuse(e, operands[0], activation);
    const results = fused ? [fused] : rule({ ...context, inputs: operands });
    // A sum over two maps is no map.
    if (!inOrder || op === 'dot') return results;
    return results.map(result => result && kernels.store(e, result, planes));
  };
}

/** The blocked convolution that `x` comes from, written anew with the activation; undefined where `x` comes from something else. */
function fuse(
  e: OnnxEmitter,
  x: TensorName,
  activation: { activation: string } & Record<string, AttributeValue>,
): TensorName | undefined {
  const made = e.producer(x);
  if (made?.type === 'Reshape') {
    const inner = fuse(e, made.inputs[0], activation);
    return inner === undefined ? undefined : e.op('Reshape', [inner, made.inputs[1]]);
  }
  const open = made?.type === 'Conv' && made.domain === NCHWC && made.attributes.activation === undefined;
  return open ? e.op('Conv', made.inputs, { ...made.attributes, ...activation }, NCHWC) : undefined;
}
