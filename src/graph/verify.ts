import { shapeRules } from './shapes.ts';
import type { Graph, Op, ValueId, ValueType } from './types.ts';

/**
 * Checks what every pass must keep: each value is defined once and before its use, and has the type its operator's
 * shape rule gives. Throws an `Error` naming the node; a broken graph is a mistake of the program.
 */
export function verifyGraph(graph: Graph): void {
  const defined = new Set<ValueId>();
  const define = (id: ValueId, where: string) => {
    if (defined.has(id)) throw new Error(`graph: %${id} is defined twice (${where})`);
    if (!graph.values[id]) throw new Error(`graph: %${id} has no type (${where})`);
    defined.add(id);
  };
  for (const input of graph.inputs) define(input.value, `input ${input.name}`);
  graph.nodes.forEach((node, index) => {
    const where = `node ${index}, ${node.op}`;
    for (const id of node.inputs)
      if (!defined.has(id)) throw new Error(`graph: %${id} used before its definition (${where})`);
    const rule = shapeRules[node.op] as (inputs: readonly ValueType[], attributes: never) => ValueType[];
    const types = rule(
      node.inputs.map(id => graph.values[id]),
      node.attributes as never,
    );
    if (types.length !== node.outputs.length) throw new Error(`graph: ${types.length} results expected (${where})`);
    node.outputs.forEach((id, i) => {
      define(id, where);
      const actual = graph.values[id];
      if (actual.kind !== types[i].kind || actual.dims.join() !== types[i].dims.join())
        throw new Error(
          `graph: %${id} is ${actual.kind}[${actual.dims}], ${types[i].kind}[${types[i].dims}] expected (${where})`,
        );
    });
  });
  for (const output of graph.outputs)
    if (!defined.has(output.value)) throw new Error(`graph: output ${output.name} is not defined`);
}

/** Operators of a graph with their number of uses, for logs and tests. */
export function countOps(graph: Graph): Partial<Record<Op, number>> {
  const counts: Partial<Record<Op, number>> = {};
  for (const { op } of graph.nodes) counts[op] = (counts[op] ?? 0) + 1;
  return counts;
}
