import type { LayerGraph, MapShape } from '../space/layerGraph.ts';
import { finish, GraphBuilder, MapTensor } from '../space/trace.ts';

/** An ImageNet image, what all published figures are for. */
const IMAGE: MapShape = [3, 224, 224];

/** Writes a part of a network with the primitives; what is added in it belongs to the block of that name. */
export type BlockBuilder = (name: string, build: () => MapTensor) => MapTensor;

/**
 * A whole network as a graph from an image to its logits, written block by block with the primitives of the search-space
 * language: what trains, profiles and exports a derived network does so with this one.
 */
export function network(build: (image: MapTensor, block: BlockBuilder) => MapTensor): LayerGraph {
  const builder = new GraphBuilder(IMAGE, undefined, undefined);
  const blocks: string[] = [];
  const output = build(new MapTensor(builder, -1, IMAGE), (name, part) => {
    const from = builder.nodes.length;
    const result = part();
    blocks.splice(from, builder.nodes.length, ...builder.nodes.slice(from).map(() => name));
    return result;
  });
  // Nobody wrote the layers down in a file of theirs: they have a block, but no place.
  for (const [index, node] of builder.nodes.entries())
    builder.nodes[index] = { ...node, place: undefined, block: blocks[index] };
  return finish(output);
}
