import { expect } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { differentiate } from '../../src/graph/gradients/differentiate.ts';
import { array, type Graph, map, type NamedValue, type ValueId } from '../../src/graph/types.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import type { Part } from '../../src/training/part.ts';
import type { PartDefinition } from '../../src/training/partGraphs.ts';

/**
 * A part written as one graph, without the split into forward and backward runs, without fusing, and without this
 * project's own bookkeeping: what parts are held against. Inputs `x`, `p<i>`, `mask<i>`; outputs `y`, `mean<i>`,
 * `variance<i>`.
 */
export function wholeGraph(definition: PartDefinition, batch: number): { g: GraphBuilder; outputs: NamedValue[] } {
  const g = new GraphBuilder();
  const x = g.input('x', map(batch, ...definition.input));
  const parameters = definition.parameters.map(({ dims }, i) => g.input(`p${i}`, array(...dims)));
  const statistics: NamedValue[] = [];
  const own = definition.build(g, x, {
    parameter: i => parameters[i],
    norm: (value, gamma, beta, i) => {
      const [y, mean, variance] = g.outputs('batchNorm', [value, gamma, beta], { eps: definition.norms[i].eps });
      statistics.push({ name: `mean${i}`, value: mean }, { name: `variance${i}`, value: variance });
      return y;
    },
    dropout: (value, i) =>
      g.add('multiply', [value, g.input(`mask${i}`, map(batch, ...definition.dropouts[i].shape))], {}),
  });
  const y = definition.residual ? g.add('add', [own, x], {}) : own;
  return { g, outputs: [{ name: 'y', value: y }, ...statistics] };
}

/** The whole graph with the gradients `dx`, `d<i>` of `<y, dy>`, differentiated at once; `dy` is an input. */
export function wholeGradients(definition: PartDefinition, batch: number): Graph {
  const { g, outputs } = wholeGraph(definition, batch);
  const y = outputs[0].value;
  const names = ['x', ...definition.parameters.map((_, i) => `p${i}`)];
  const of = (name: string) => g.inputs.find(input => input.name === name)!.value;
  const gradients = differentiate(g, { value: y, gradient: g.input('dy', g.type(y)) }, names.map(of)) as ValueId[];
  return g.finish([
    { name: 'y', value: y },
    ...gradients.map((value, i) => ({ name: names[i].replace(/^p/, '').replace(/^/, 'd'), value })),
  ]);
}

/** Numbers a part's gradients depend on in general position: its start has scales of 1 and shifts of 0. */
export function shakeParameters(part: Part, seed: number): void {
  const random = new Random(seed, 'parameters');
  for (const { values } of part.parameters) for (let i = 0; i < values.length; i++) values[i] += 0.3 * random.normal();
}

export function normals(size: number, random: Random): Float32Array {
  return Float32Array.from({ length: size }, () => random.normal());
}

/** Runs a graph on tensors in `[N, C, H, W]` order. */
export async function runLogical(
  runtime: Runtime,
  graph: Graph,
  inputs: Record<string, Float32Array>,
): Promise<Record<string, Float32Array>> {
  const packed: Record<string, Float32Array> = {};
  for (const { name, value } of graph.inputs) {
    const { kind, dims } = graph.values[value];
    packed[name] = kind === 'map' ? runtime.pack(inputs[name], dims) : inputs[name];
  }
  const results = await (await runtime.compile(graph)).run(packed);
  for (const { name, value } of graph.outputs) {
    const { kind, dims } = graph.values[value];
    if (kind === 'map') results[name] = runtime.unpack(results[name], dims);
  }
  return results;
}

/** Every element within `tolerance` of the largest expected one. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  what: string,
  tolerance: number,
): void {
  expect(actual.length, what).toBe(expected.length);
  const scale = Math.max(1e-3, ...Array.from(expected, Math.abs));
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i] - expected[i]) / scale;
    worst = Math.max(worst, error);
  }
  expect(worst, `${what}: largest difference relative to the largest element`).toBeLessThan(tolerance);
}
