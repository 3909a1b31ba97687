import { prune } from '../builder.ts';
import type { Graph, GraphNode, NamedValue, ValueId, ValueType } from '../types.ts';
import { isPass, type MapPass, type PassUnit, type Unit, unitsOf } from './units.ts';

/** A pass with its values by name, over maps of one type. */
export interface PassStage {
  pass: MapPass;
  type: ValueType;
  inputs: readonly string[];
  outputs: readonly string[];
}

/** A graph in pieces that run one after another, each taking by name what those before it gave. */
export interface CutGraph {
  stages: readonly (Graph | PassStage)[];
  /** Under which name each output is to be found. */
  outputs: readonly { name: string; from: string }[];
}

/** What runs between passes, and the passes that follow it. */
interface Level {
  nodes: GraphNode[];
  passes: PassUnit[];
}

/**
 * Takes out of a graph what passes can do, and cuts it there: a piece has all that needs no result of a later pass.
 * @param takes whether gradients by maps of this type are for passes
 * @returns undefined where there is nothing for passes
 */
export function cutAtPasses(graph: Graph, takes: (type: ValueType) => boolean): CutGraph | undefined {
  const { units, values } = unitsOf(graph, takes);
  if (!units.some(isPass)) return undefined;
  const levels = levelsOf(units, graph.outputs);

  const given = new Map(graph.inputs.map(({ name, value }) => [value, name]));
  const nameOf = (id: ValueId) => given.get(id) ?? `:${id}`;
  const named = (ids: Iterable<ValueId>): NamedValue[] => [...ids].map(value => ({ name: nameOf(value), value }));
  const results = graph.outputs.map(output => output.value);
  const stages = levels.flatMap(({ nodes, passes }, level): (Graph | PassStage)[] => {
    const made = new Set(nodes.flatMap(node => node.outputs));
    const later = levels.slice(level + 1).flatMap(other => [...other.nodes, ...other.passes]);
    const readers = new Set([...[...passes, ...later].flatMap(({ inputs }) => inputs), ...results]);
    const outputs = [...made].filter(id => readers.has(id));
    const taken = new Set(nodes.flatMap(node => node.inputs).filter(id => !made.has(id)));
    const piece = prune({ values, nodes, inputs: named(taken), outputs: named(outputs) });
    const after = passes.map(({ pass, inputs, outputs: ids }) => ({
      pass,
      type: values[inputs[0]],
      inputs: inputs.map(nameOf),
      outputs: ids.map(nameOf),
    }));
    return outputs.length === 0 ? after : [piece, ...after];
  });
  return { stages, outputs: graph.outputs.map(({ name, value }) => ({ name, from: nameOf(value) })) };
}

/**
 * Units by the number of passes that come before them: each as early as it can be, then nodes as late as their results are
 * read, so that a piece is not run for what one reader further on needs.
 */
function levelsOf(units: readonly Unit[], outputs: readonly NamedValue[]): Level[] {
  const made = new Map<ValueId, number>();
  const earliest = units.map(unit => {
    const level = Math.max(0, ...unit.inputs.map(id => made.get(id) ?? 0));
    for (const id of unit.outputs) made.set(id, isPass(unit) ? level + 1 : level);
    return level;
  });
  const read = new Map<ValueId, number>();
  const results = new Set(outputs.map(({ value }) => value));
  const levels: Level[] = Array.from({ length: Math.max(...earliest) + 1 }, () => ({ nodes: [], passes: [] }));
  for (let i = units.length - 1; i >= 0; i--) {
    const unit = units[i];
    const isResult = unit.outputs.some(id => results.has(id));
    const readers = unit.outputs.flatMap(id => read.get(id) ?? []);
    const level = isPass(unit) || isResult || readers.length === 0 ? earliest[i] : Math.min(...readers);
    for (const id of unit.inputs) read.set(id, Math.min(level, read.get(id) ?? level));
    if (isPass(unit)) levels[level].passes.unshift(unit);
    else levels[level].nodes.unshift(unit);
  }
  return levels;
}
