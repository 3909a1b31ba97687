import type { GraphBuilder } from '../builder.ts';
import type { ValueId } from '../types.ts';
import { applyRule } from './rules.ts';

/**
 * Reverse-mode differentiation: adds to the builder the gradients of a scalar with respect to `wrt`.
 *
 * @param from where it starts: a loss value (its gradient is 1), or a map with the gradient that comes from behind it
 * @param wrt values whose gradient is wanted
 * @returns one value per entry of `wrt`, `undefined` where the start does not depend on it
 */
export function differentiate(
  g: GraphBuilder,
  from: { loss: ValueId } | { value: ValueId; gradient: ValueId },
  wrt: readonly ValueId[],
): (ValueId | undefined)[] {
  const dependent = dependents(g, wrt);
  const gradients = new Map<ValueId, ValueId>();
  const start = 'loss' in from ? from.loss : from.value;
  gradients.set(start, 'loss' in from ? from.loss : from.gradient);
  for (const node of g.nodes.toReversed()) {
    const dy = gradients.get(node.outputs[0]);
    if (dy === undefined || !node.outputs.some(id => dependent.has(id))) continue;
    applyRule(g, node, dy, i => dependent.has(node.inputs[i])).forEach((gradient, i) => {
      const input = node.inputs[i];
      if (gradient === undefined || !dependent.has(input)) return;
      const before = gradients.get(input);
      gradients.set(input, before === undefined ? gradient : g.add('add', [before, gradient], {}));
    });
  }
  return wrt.map(id => gradients.get(id));
}

/** Every value computed from one of `roots`, the roots included: only through these does a gradient flow. */
function dependents(g: GraphBuilder, roots: readonly ValueId[]): Set<ValueId> {
  const found = new Set(roots);
  for (const node of g.nodes) {
    if (node.inputs.some(id => found.has(id))) for (const id of node.outputs) found.add(id);
  }
  return found;
}
