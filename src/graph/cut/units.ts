import { type Attributes, array, type Graph, type GraphNode, type Op, type ValueId, type ValueType } from '../types.ts';

/** Activations that a pass can take a gradient through. */
export type PassActivation = 'relu' | 'relu6' | 'hswish';

/** What a pass or two over maps can do where operators would take many. Inputs and outputs stand in the comments. */
export type MapPass =
  /** (y, dy) -> (dx, sums of dx and, with `products`, of dx y by channel); for hswish x instead of y. */
  | { op: 'activationGrad'; activation: PassActivation; products: boolean }
  /** (x, gamma, beta, mean, variance, dy) -> (d, scale, dgamma, dbeta): `batchNormGrad` behind an activation, or none. */
  | { op: 'normGrad'; activation?: PassActivation; eps: number };

export interface PassUnit {
  pass: MapPass;
  inputs: readonly ValueId[];
  outputs: readonly ValueId[];
}

/** A node of a graph, or a pass in its place. */
export type Unit = GraphNode | PassUnit;

export const isPass = (unit: Unit): unit is PassUnit => 'pass' in unit;

const isSums = ({ op, inputs }: GraphNode, dy: ValueId, y: ValueId) =>
  op === 'channelSums' && inputs[0] === dy && inputs[1] === y;

const activations: Partial<Record<Op, PassActivation>> = { reluGrad: 'relu', relu6Grad: 'relu6', hswishGrad: 'hswish' };

/**
 * The nodes of a graph with passes in place of those that passes do, and the values of both.
 * @param takes whether passes can work on maps of this type
 */
export function unitsOf(graph: Graph, takes: (type: ValueType) => boolean): { units: Unit[]; values: ValueType[] } {
  const values = [...graph.values];
  const behind = activationsBeforeNorms(graph);
  const absorbed = new Set<GraphNode>();
  for (const [norm, { node }] of behind) if (takes(values[norm.inputs[0]])) absorbed.add(node);
  /** Sums that passes give beside a gradient. */
  const sums = new Map<ValueId, ValueId>();

  const units = graph.nodes.flatMap((node): Unit | [] => {
    const { op, inputs, outputs } = node;
    const activation = activations[op];
    if (absorbed.has(node)) return [];
    if (op === 'pointwiseBatchNormGrad') {
      const sum = sums.get(inputs[5]);
      return sum === undefined ? node : { ...node, inputs: [...inputs, sum] };
    }
    if (activation && takes(values[outputs[0]])) {
      const both = graph.nodes.find(other => isSums(other, outputs[0], inputs[0]));
      if (both) {
        absorbed.add(both);
        return {
          pass: { op: 'activationGrad', activation, products: true },
          inputs,
          outputs: [outputs[0], ...both.outputs],
        };
      }
      const sum = values.push(array(values[outputs[0]].dims[1])) - 1;
      sums.set(outputs[0], sum);
      return { pass: { op: 'activationGrad', activation, products: false }, inputs, outputs: [outputs[0], sum] };
    }
    if (op === 'batchNormGrad' && takes(values[inputs[0]])) {
      const { eps } = (node as GraphNode<'batchNormGrad'>).attributes;
      const [x, gamma, mean, variance, dy] = inputs;
      const through = behind.get(node);
      const pass = { op: 'normGrad', activation: through?.activation, eps } as const;
      // Without an activation there is no need of beta.
      const from = through ? [through.beta, mean, variance, through.node.inputs[1]] : [gamma, mean, variance, dy];
      return { pass, inputs: [x, gamma, ...from], outputs };
    }
    return node;
  });
  return { units, values };
}

/** By gradients of batch norms: the gradient of an activation that comes in there, and nowhere else, from behind the same norm. */
function activationsBeforeNorms(graph: Graph) {
  const producers = new Map(graph.nodes.flatMap(node => node.outputs.map(id => [id, node] as const)));
  const uses = new Map<ValueId, number>();
  for (const id of [...graph.nodes.flatMap(node => node.inputs), ...graph.outputs.map(({ value }) => value)])
    uses.set(id, (uses.get(id) ?? 0) + 1);
  const found = new Map<GraphNode, { node: GraphNode; activation: PassActivation; beta: ValueId }>();
  for (const norm of graph.nodes) {
    const node = norm.op === 'batchNormGrad' ? producers.get(norm.inputs[4]) : undefined;
    const activation = node && activations[node.op];
    if (!node || !activation || uses.get(node.outputs[0]) !== 1) continue;
    const u = activation === 'hswish' ? node.inputs[0] : producers.get(node.inputs[0])?.inputs[0];
    const forward = u === undefined ? undefined : producers.get(u);
    if (forward?.op !== 'batchNorm' && forward?.op !== 'normalize') continue;
    const eps = ({ attributes }: GraphNode) => (attributes as Attributes['batchNorm']).eps;
    const isSame = [0, 1].every(i => forward.inputs[i] === norm.inputs[i]) && eps(forward) === eps(norm);
    if (isSame) found.set(norm, { node, activation, beta: forward.inputs[2] });
  }
  return found;
}
