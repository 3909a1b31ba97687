import type { Graph, ValueId } from './types.ts';

/**
 * A graph as text, one node a line: for people, tests and logs, and as the key under which equal graphs share one
 * compiled session.
 */
export function printGraph(graph: Graph): string {
  const name = (id: ValueId) => `%${id}`;
  const typed = (id: ValueId) => `%${id}: ${graph.values[id].kind}[${graph.values[id].dims.join(', ')}]`;
  const lines = graph.inputs.map(input => `input ${input.name} = ${typed(input.value)}`);
  for (const { op, attributes, inputs, outputs } of graph.nodes) {
    const settings = Object.entries(attributes)
      .map(([key, value]) => `${key}=${value}`)
      .join(' ');
    lines.push(
      `${outputs.map(typed).join(', ')} = ${op}(${inputs.map(name).join(', ')})${settings ? ` {${settings}}` : ''}`,
    );
  }
  lines.push(...graph.outputs.map(output => `output ${output.name} = ${name(output.value)}`));
  return lines.join('\n');
}
