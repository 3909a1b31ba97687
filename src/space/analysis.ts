import { type LayerGraph, type LayerNode, type MapShape, shapeAt } from './layerGraph.ts';
import type { Block, SearchSpace } from './searchSpace.ts';

export { blockGraph, deriveNetwork } from './path.ts';
export { formatShape, signature } from './signature.ts';

/** Numbers in one image's map. */
export function elements([channels, height, width]: MapShape): number {
  return channels * height * width;
}

/** Multiply-adds of the convolutions and linear layers for one image. */
export function macs(graph: LayerGraph): number {
  return sum(graph.nodes, node => {
    const channels = inputChannels(graph, node);
    if (node.op === 'linear') return channels * node.attributes.out;
    if (node.op !== 'conv2d') return 0;
    const { kernel, groups } = node.attributes;
    return elements(node.shape) * (channels / groups) * kernel ** 2;
  });
}

/** Learned numbers: convolution and linear weights and biases, batch-norm scale and shift. */
export function parameters(graph: LayerGraph): number {
  return sum(graph.nodes, node => {
    const channels = inputChannels(graph, node);
    if (node.op === 'linear') return (channels + 1) * node.attributes.out;
    if (node.op === 'batchNorm') return 2 * channels;
    if (node.op !== 'conv2d') return 0;
    const { out, kernel, groups, bias } = node.attributes;
    return out * (channels / groups) * kernel ** 2 + (bias ? out : 0);
  });
}

export interface SpaceAnalysis {
  /** How many different networks the space holds. */
  architectures: bigint;
  /** Multiply-adds of the smallest and the largest network, one image. */
  macs: { min: number; max: number };
  /** Parameters of the networks with the fewest and the most. */
  parameters: { min: number; max: number };
  /** Estimated peak bytes of activations while one path trains, the largest path, at the schedule's batch. */
  activationBytes: number;
}

/** Size figures of a whole space, without building its networks: every figure is a sum over blocks. */
export function analyse(space: SearchSpace, batch = space.schedule.batch): SpaceAnalysis {
  return {
    architectures: space.blocks.reduce((product, block) => product * BigInt(block.candidates.length), 1n),
    macs: range(space, macs),
    parameters: range(space, parameters),
    activationBytes: activationBytes(space, batch),
  };
}

/**
 * Estimated peak bytes of float32 activations while the largest path trains on `batch` images. What passes between blocks is
 * kept for the backward pass, and inside them about a map for each convolution; the rest of a block's inside is computed again there,
 * so that only one block's is alive at a time.
 */
export function activationBytes(space: SearchSpace, batch: number): number {
  const between = elements(space.input) + sum(space.blocks, block => elements(block.output));
  const largest = (block: Block, counted: (node: LayerNode) => boolean) =>
    Math.max(
      0,
      ...block.candidates.map(({ layers }) => sum(layers.nodes.filter(counted), node => elements(node.shape))),
    );
  // The last block goes forward and backward at once.
  const kept = sum(space.blocks.slice(0, -1), block => largest(block, ({ op }) => op === 'conv2d'));
  const inside = Math.max(0, ...space.blocks.map(block => largest(block, () => true)));
  return 4 * batch * (between + kept + inside);
}

function range(space: SearchSpace, size: (graph: LayerGraph) => number): { min: number; max: number } {
  const blocks = space.blocks.map(block =>
    block.candidates.map(candidate => (candidate.zero ? 0 : size(candidate.layers))),
  );
  return { min: sum(blocks, sizes => Math.min(...sizes)), max: sum(blocks, sizes => Math.max(...sizes)) };
}

function inputChannels(graph: LayerGraph, node: LayerNode): number {
  return shapeAt(graph, node.inputs[0])[0];
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
