import type { SideBySide } from '../runtime/ort/ortRuntime.ts';
import { type LayerNode, pointwiseOps } from '../space/layerGraph.ts';
import type { SearchSpace } from '../space/searchSpace.ts';

/**
 * What the runtime's kernels are to work on side by side while a space is searched: channels, unless there is something to choose
 * that maps would have to be reordered for.
 */
export function sideBySideFor({ blocks }: SearchSpace): SideBySide {
  const candidates = blocks.filter(block => block.candidates.length > 1).flatMap(block => block.candidates);
  return candidates.every(({ layers }) => layers.nodes.every(keepsOrder)) ? 'channels' : 'images';
}

/** Whether an operator is done on maps in whatever order the kernels want (`src/graph/onnx/channelBlocks.ts`). */
function keepsOrder(node: LayerNode): boolean {
  if (node.op !== 'conv2d') return node.op === 'add' || pointwiseOps.has(node.op);
  const { kernel, stride, groups } = node.attributes;
  return groups === 1 ? kernel === 1 && stride === 1 : groups === node.shape[0];
}
