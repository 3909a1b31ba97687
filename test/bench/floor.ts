import { deriveNetwork, elements } from '../../src/space/analysis.ts';
import type { SearchSpace } from '../../src/space/searchSpace.ts';

/**
 * Times that every activation crosses memory in a weight step: written and read forward; read again, and its gradient
 * written and read, backward; and about once more, since batch norm has to sum over a map before it can use it.
 */
const PASSES = 6;

/** Bytes of all float32 maps of a path: the images and what each layer gives. @param path one index per choice block */
export function pathBytes(space: SearchSpace, path: readonly number[], batch: number): number {
  let choice = 0;
  const choices = space.blocks.map(block => (block.candidates.length > 1 ? path[choice++] : 0));
  const { input, nodes } = deriveNetwork(space, choices);
  return 4 * batch * nodes.reduce((sum, node) => sum + elements(node.shape), elements(input));
}

/**
 * Milliseconds that memory alone takes for a weight step, were every layer run on its own. What merges layers can be
 * faster.
 */
export function floorMs(bytes: number, bytesPerMs: number): number {
  return (PASSES * bytes) / bytesPerMs;
}
