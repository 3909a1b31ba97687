import { blockGraph, elements, macs, parameters } from './analysis.ts';
import type { Cost, Limit } from './cost.ts';
import { estimatedMicrojoules } from './energy.ts';
import { type LayerGraph, type LayerNode, type LayerOp, pointwiseOps, shapeAt } from './layerGraph.ts';
import type { BudgetName, SearchSpace } from './searchSpace.ts';

/** A limit that needs no device: it is counted, not measured. */
export interface Budget extends Limit {
  name: BudgetName;
}

/** What a part of a network takes of each budget, for one image. @param bytes of a number in its maps */
const counts: Readonly<Record<BudgetName, (graph: LayerGraph, bytes: 1 | 4) => number>> = {
  macs,
  params: parameters,
  peakActivationBytes: (graph, bytes) => bytes * peakActivations(graph),
  energyMicrojoules: estimatedMicrojoules,
};

export const budgetNames = Object.keys(counts) as BudgetName[];

/** What the networks of a space take of one budget. */
export function countedCost(space: SearchSpace, name: BudgetName): Cost {
  const count = (graph: LayerGraph) => counts[name](graph, bytesPerNumber(space));
  return {
    combine: name === 'peakActivationBytes' ? 'max' : 'sum',
    constant: 0,
    values: space.blocks.map(block => block.candidates.map((_, choice) => count(blockGraph(block, choice)))),
  };
}

/** The budgets that a space's objective sets. */
export function budgetsOf(space: SearchSpace): Budget[] {
  return budgetNames.flatMap(name => {
    const most = space.objective.budget[name];
    return most === undefined ? [] : [{ name, most, cost: countedCost(space, name) }];
  });
}

/** What one network takes of every budget, set or not. @param space whose device says how its numbers are kept */
export function countNetwork(graph: LayerGraph, space: SearchSpace): Record<BudgetName, number> {
  const [macs, params, peakActivationBytes, energyMicrojoules] = budgetNames.map(name =>
    counts[name](graph, bytesPerNumber(space)),
  );
  return { macs, params, peakActivationBytes, energyMicrojoules };
}

/** Float32, but for a device that runs 8-bit networks. */
function bytesPerNumber({ objective }: SearchSpace): 1 | 4 {
  const device = objective.latency?.device;
  return device && device.target !== 'table' && device.precision === 'int8' ? 1 : 4;
}

/** The result can be written over an input of its size that nobody else needs. */
const elementwise: ReadonlySet<LayerOp> = new Set([...pointwiseOps, 'add', 'multiply']);

/**
 * Most numbers held in maps at one time while a network computes one image, layer after layer in order: a layer's inputs
 * and its output are there while it runs, and a map stays until its last reader is done. Elementwise layers write over an
 * input where they can. Between two blocks there is one map, so that a network's peak is the largest of its blocks' peaks.
 */
export function peakActivations(graph: LayerGraph): number {
  /** By node, the node whose map it writes: its own, or one it writes over. */
  const maps: number[] = [];
  const mapOf = (index: number) => (index < 0 ? -1 : maps[index]);
  for (const [index, node] of graph.nodes.entries()) {
    const over = overwritten(graph, node);
    maps.push(over === undefined ? index : mapOf(over));
  }
  const lastUse = new Map<number, number>();
  for (const [index, { inputs }] of graph.nodes.entries())
    for (const map of [mapOf(index), ...inputs.map(mapOf)]) lastUse.set(map, index);
  lastUse.set(mapOf(graph.output), Number.POSITIVE_INFINITY);
  let held = elements(graph.input);
  let peak = held;
  for (const [index, { shape }] of graph.nodes.entries()) {
    if (maps[index] === index) held += elements(shape);
    peak = Math.max(peak, held);
    for (const [map, last] of lastUse) if (last === index) held -= elements(shapeAt(graph, map));
  }
  return peak;
}

/** The input whose map a node can write its result over. */
function overwritten(graph: LayerGraph, { op, inputs, shape }: LayerNode): number | undefined {
  if (!elementwise.has(op)) return undefined;
  const readers = (index: number) => graph.nodes.filter(node => node.inputs.includes(index)).length;
  return inputs.find(
    index => index !== graph.output && readers(index) === 1 && shapeAt(graph, index).join() === shape.join(),
  );
}
