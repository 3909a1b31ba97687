import { shapeRules } from './shapes.ts';
import type { Attributes, Graph, GraphNode, NamedValue, Op, ValueId, ValueType } from './types.ts';

/** Grows a graph node by node; shapes are inferred and checked as it grows. */
export class GraphBuilder {
  readonly values: ValueType[] = [];
  readonly inputs: NamedValue[] = [];
  readonly nodes: GraphNode[] = [];
  /** Of the nodes that are added from now on. */
  label: string | undefined;

  /** Continues from a graph (its outputs aside), or from nothing. */
  static from(graph: Graph): GraphBuilder {
    const builder = new GraphBuilder();
    builder.values.push(...graph.values);
    builder.inputs.push(...graph.inputs);
    builder.nodes.push(...graph.nodes);
    return builder;
  }

  input(name: string, type: ValueType): ValueId {
    const value = this.value(type);
    this.inputs.push({ name, value });
    return value;
  }

  /** Adds an operator and returns all its results. */
  outputs<O extends Op>(op: O, inputs: readonly ValueId[], attributes: Attributes[O]): ValueId[] {
    const rule = shapeRules[op] as (inputs: readonly ValueType[], attributes: Attributes[O]) => ValueType[];
    const types = rule(
      inputs.map(id => this.values[id]),
      attributes,
    );
    const outputs = types.map(type => this.value(type));
    this.nodes.push({ op, attributes, inputs, outputs, label: this.label });
    return outputs;
  }

  /** Adds an operator and returns its first result. */
  add<O extends Op>(op: O, inputs: readonly ValueId[], attributes: Attributes[O]): ValueId {
    return this.outputs(op, inputs, attributes)[0];
  }

  /** The node that a value comes from; undefined for inputs. */
  producer(id: ValueId): GraphNode | undefined {
    return this.nodes.find(({ outputs }) => outputs.includes(id));
  }

  /** Lets every node take another value in place of one; where nothing else needs it, it is not computed any more. */
  replace(value: ValueId, by: ValueId): void {
    for (const [i, node] of this.nodes.entries())
      this.nodes[i] = { ...node, inputs: node.inputs.map(id => (id === value ? by : id)) };
  }

  type(id: ValueId): ValueType {
    return this.values[id];
  }

  /** The finished graph: only what the outputs need, values renumbered, unused inputs dropped. */
  finish(outputs: readonly NamedValue[]): Graph {
    return prune({ values: this.values, inputs: this.inputs, nodes: this.nodes, outputs });
  }

  private value(type: ValueType): ValueId {
    return this.values.push(type) - 1;
  }
}

/** Removes nodes and inputs that no output needs, and renumbers the values so that equal graphs are equal data. */
export function prune(graph: Graph): Graph {
  const needed = new Set(graph.outputs.map(output => output.value));
  const kept: GraphNode[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some(id => needed.has(id))) continue;
    kept.push(node);
    for (const id of node.inputs) needed.add(id);
  }
  const values: ValueType[] = [];
  const renamed = new Map<ValueId, ValueId>();
  const rename = (id: ValueId): ValueId => {
    let to = renamed.get(id);
    if (to === undefined) {
      to = values.push(graph.values[id]) - 1;
      renamed.set(id, to);
    }
    return to;
  };
  const inputs = graph.inputs.filter(input => needed.has(input.value));
  return {
    inputs: inputs.map(input => ({ ...input, value: rename(input.value) })),
    nodes: kept
      .toReversed()
      .map(node => ({ ...node, inputs: node.inputs.map(rename), outputs: node.outputs.map(rename) })),
    outputs: graph.outputs.map(output => ({ ...output, value: rename(output.value) })),
    values,
  };
}
