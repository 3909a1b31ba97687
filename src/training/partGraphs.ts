import { GraphBuilder } from '../graph/builder.ts';
import { fusePointwiseBatchNorm } from '../graph/fuse.ts';
import { differentiate } from '../graph/gradients/differentiate.ts';
import { array, type Graph, type GraphNode, map, type NamedValue, type ValueId } from '../graph/types.ts';
import type { ParameterSpec } from './parameters.ts';

/** What a part is made of, for any batch. */
export interface PartDefinition {
  /** Channels, height, width of one image's input. */
  input: readonly [number, number, number];
  parameters: readonly ParameterSpec[];
  norms: readonly { channels: number; eps: number; momentum: number; places: number }[];
  /** Shapes of dropout masks and their rates. */
  dropouts: readonly { rate: number; shape: readonly [number, number, number] }[];
  /** Identity shortcut around the part. */
  residual: boolean;
  /** Writes the part, without its shortcut, into a graph. */
  build(g: GraphBuilder, x: ValueId, bind: PartBindings): ValueId;
}

/** How a definition gets at its parameters, batch norms and dropout masks while it builds. */
export interface PartBindings {
  parameter(index: number): ValueId;
  norm(x: ValueId, gamma: ValueId, beta: ValueId, index: number): ValueId;
  dropout(x: ValueId, index: number): ValueId;
}

/** Which gradients a backward run gives: by weights and input, by weights alone, by the input alone, none but the gate's. */
export type Gradients = 'all' | 'weights' | 'input' | 'none';

/** The training forward: outputs `y`, `mean<i>` and `variance<i>` of its batch norms, and `kept<i>` for the backward run. */
export function forwardGraph(definition: PartDefinition, batch: number): Graph {
  const graph = partGraph(definition, batch, { dropout: true, stored: false });
  return { ...graph, outputs: [...without(graph, ['own']).outputs, ...keptMaps(graph)] };
}

/** `y` alone, by the statistics of the batch or by those given as inputs; no dropout. */
export function evaluationGraph(definition: PartDefinition, batch: number, statistics: 'batch' | 'running'): Graph {
  const graph = partGraph(definition, batch, { dropout: false, stored: statistics === 'running' });
  return GraphBuilder.from(graph).finish([{ name: 'y', value: named(graph.outputs, 'y') }]);
}

/** The forward run once more from what was kept of it, and the gradients behind it. */
export function backwardGraph(definition: PartDefinition, batch: number, gradients: Gradients, gate: boolean): Graph {
  const graph = partGraph(definition, batch, { dropout: true, stored: true });
  const g = GraphBuilder.from(graph);
  const own = named(graph.outputs, 'own');
  const dy = g.input('dy', g.type(own));
  const outputs = gradientOutputs(definition, g, { value: named(graph.outputs, 'y'), gradient: dy }, gradients);
  if (gate) outputs.push({ name: 'gate', value: gateGradient(g, own, dy) });
  for (const { value, name } of keptMaps(graph)) g.replace(value, g.input(name, g.type(value)));
  return g.finish(outputs);
}

/** For the last part: forward, loss and backward in one. */
export function lossGraph(definition: PartDefinition, batch: number, gradients: Gradients): Graph {
  const graph = partGraph(definition, batch, { dropout: true, stored: false });
  const g = GraphBuilder.from(graph);
  const logits = named(graph.outputs, 'y');
  const [n, classes] = g.type(logits).dims;
  const targets = g.input('targets', array(n, classes));
  const [loss, probabilities] = g.outputs('softmaxCrossEntropy', [logits, targets], {});
  return g.finish([
    { name: 'loss', value: loss },
    { name: 'probabilities', value: probabilities },
    ...without(graph, ['y', 'own']).outputs,
    ...gradientOutputs(definition, g, { loss }, gradients),
  ]);
}

/**
 * `<f(x), dy>`, the gradient of a candidate's gate. Where the candidate ends with batch norm, `f(x) = gamma x' + beta` by
 * channel, it is `<gamma, dgamma> + <beta, dbeta>`: no pass over maps beside those of the gradient.
 */
function gateGradient(g: GraphBuilder, own: ValueId, dy: ValueId): ValueId {
  const norm = g.producer(own);
  if (norm?.op !== 'normalize') return g.add('dot', [own, dy], {});
  const [x, gamma, beta, mean, variance] = norm.inputs;
  const same = (inputs: readonly ValueId[]) => inputs[0] === x && inputs[4] === dy;
  const known = g.nodes.find(({ op, inputs }) => op === 'batchNormGrad' && same(inputs));
  const { eps } = (norm as GraphNode<'normalize'>).attributes;
  const [, , dgamma, dbeta] = known?.outputs ?? g.outputs('batchNormGrad', [x, gamma, mean, variance, dy], { eps });
  return g.add('add', [g.add('dot', [gamma, dgamma], {}), g.add('dot', [beta, dbeta], {})], {});
}

function gradientOutputs(
  definition: PartDefinition,
  g: GraphBuilder,
  from: Parameters<typeof differentiate>[1],
  gradients: Gradients,
): NamedValue[] {
  const input = (name: string) => named(g.inputs, name);
  const wanted = [
    ...(gradients === 'all' || gradients === 'input' ? [{ name: 'dx', of: input('x') }] : []),
    ...(gradients === 'all' || gradients === 'weights'
      ? definition.parameters.map((_, i) => ({ name: `d${i}`, of: input(`p${i}`) }))
      : []),
  ];
  const values = differentiate(
    g,
    from,
    wanted.map(({ of }) => of),
  );
  return wanted.flatMap(({ name }, i) => {
    const value = values[i];
    return value === undefined ? [] : [{ name, value }];
  });
}

/**
 * The part's graph: outputs `y` (with shortcut), `own` (without), and `mean<i>`, `variance<i>` of its batch norms
 * unless they are given as inputs (`stored`).
 */
function partGraph(
  definition: PartDefinition,
  batch: number,
  { dropout, stored }: { dropout: boolean; stored: boolean },
): Graph {
  const g = new GraphBuilder();
  const x = g.input('x', map(batch, ...definition.input));
  const parameters = definition.parameters.map((spec, i) => g.input(`p${i}`, array(...spec.dims)));
  const statistics: NamedValue[] = [];
  const own = definition.build(g, x, {
    parameter: index => parameters[index],
    norm: (input, gamma, beta, index) => {
      const { channels, eps } = definition.norms[index];
      if (stored) {
        const mean = g.input(`mean${index}`, array(channels));
        const variance = g.input(`variance${index}`, array(channels));
        return g.add('normalize', [input, gamma, beta, mean, variance], { eps });
      }
      const [y, mean, variance] = g.outputs('batchNorm', [input, gamma, beta], { eps });
      statistics.push({ name: `mean${index}`, value: mean }, { name: `variance${index}`, value: variance });
      return y;
    },
    dropout: (input, index) => {
      if (!dropout) return input;
      const { shape } = definition.dropouts[index];
      return g.add('multiply', [input, g.input(`mask${index}`, map(batch, ...shape))], {});
    },
  });
  const y = definition.residual ? g.add('add', [own, x], {}) : own;
  const whole = { values: g.values, inputs: g.inputs, nodes: g.nodes };
  const outputs = [{ name: 'y', value: y }, { name: 'own', value: own }, ...statistics];
  return fusePointwiseBatchNorm({ ...whole, outputs });
}

/**
 * Maps of a forward run that are costly to compute again: results of convolutions that batch norms start from and, where these
 * never exist because a widening convolution is normalised by its weights, what comes out of its activation.
 */
function keptMaps(graph: Graph): NamedValue[] {
  const readers = (value: ValueId) => graph.nodes.filter(({ inputs }) => inputs.includes(value));
  const convolved = new Set(graph.nodes.flatMap(({ op, outputs }) => (op === 'conv2d' ? outputs : [])));
  const kept = graph.nodes.flatMap(({ op, inputs, outputs }) => {
    if (op === 'batchNorm' || op === 'normalize') return convolved.has(inputs[0]) ? inputs[0] : [];
    if (op !== 'pointwiseBatchNorm' && op !== 'pointwiseNormalize') return [];
    const [after, ...others] = readers(outputs[0]);
    return (after?.op === 'relu' || after?.op === 'relu6') && others.length === 0 ? after.outputs[0] : outputs[0];
  });
  const result = named(graph.outputs, 'y');
  return [...new Set(kept)].filter(value => value !== result).map((value, index) => ({ name: `kept${index}`, value }));
}

function named(values: readonly NamedValue[], name: string): ValueId {
  const found = values.find(value => value.name === name);
  if (!found) throw new Error(`training: no value named ${name}`);
  return found.value;
}

/** The graph without some of its outputs. */
function without(graph: Graph, names: readonly string[]): Graph {
  return { ...graph, outputs: graph.outputs.filter(output => !names.includes(output.name)) };
}
