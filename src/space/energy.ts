import { elements, macs, parameters } from './analysis.ts';
import { type LayerGraph, pointwiseOps, shapeAt } from './layerGraph.ts';

/**
 * Picojoules in 45 nm at 0.9 V, from the table in M. Horowitz, "Computing's energy problem (and what we can do about it)",
 * ISSCC 2014. A multiply-add by the bytes of its numbers: float32 is 3.7 + 0.9; of int8 the products, 0.2, are added up in 32 bits, 0.1.
 */
const MULTIPLY_ADD = { 4: 3.7 + 0.9, 1: 0.2 + 0.1 };
/** A byte of a memory on the chip, and of DRAM: 64 bits take 100 pJ of 1 MB of SRAM, and of DRAM at least 1.3 nJ. */
const SRAM_BYTE = 100 / 8;
const DRAM_BYTE = 1300 / 8;

/**
 * Microjoules of one inference by what is counted of it: its multiply-adds; every layer's maps, read and written once in
 * memory on the chip, but for layers that work on what the one before has in hand; every learned number, fetched once from
 * DRAM as Han et al. (NIPS 2015) reckon. What instructions and idle silicon take is not in it: networks can be compared by it,
 * devices cannot.
 *
 * @param bytes of a number: 4 for float32, 1 for 8 bits
 */
export function estimatedMicrojoules(graph: LayerGraph, bytes: 1 | 4): number {
  const moved = graph.nodes
    .filter(({ op }) => !pointwiseOps.has(op))
    .flatMap(({ inputs, shape }) => [shape, ...inputs.map(index => shapeAt(graph, index))])
    .reduce((sum, shape) => sum + elements(shape), 0);
  const picojoules = macs(graph) * MULTIPLY_ADD[bytes] + bytes * (moved * SRAM_BYTE + parameters(graph) * DRAM_BYTE);
  return picojoules / 1e6;
}
