import { UserError } from '../base/errors.ts';
import { type LayerGraph, type LayerNode, type MapShape, outputShape } from './layerGraph.ts';
import type { Block, SearchSpace } from './searchSpace.ts';

/** What one choice of a block computes: the candidate and the block's shortcut around it; the identity for Zero. */
export function blockGraph(block: Block, choice: number): LayerGraph {
  const candidate = block.candidates[choice];
  if (!candidate) throw new UserError(`The block "${block.name}" has no candidate ${choice}.`, block.place);
  if (candidate.zero) return { input: block.input, output: -1, nodes: [] };
  if (!block.residual) return candidate.layers;
  const { input, output, nodes } = candidate.layers;
  const add: LayerNode = {
    op: 'add',
    attributes: {},
    inputs: [-1, output],
    shape: block.output,
    place: candidate.place,
  };
  return { input, output: nodes.length, nodes: [...nodes, add] };
}

/**
 * The network of the given choices as one graph from the image to the logits `[classes, 1, 1]`, Zero blocks removed.
 * Each node tells its block.
 *
 * @param choices the chosen candidate's index for every block of the space, fixed blocks included (0 there)
 */
export function deriveNetwork(space: SearchSpace, choices: ArrayLike<number>): LayerGraph {
  if (choices.length !== space.blocks.length) {
    throw new UserError(
      `The space "${space.name}" has ${space.blocks.length} blocks, but ${choices.length} choices were given.`,
    );
  }
  const nodes: LayerNode[] = [];
  let output = -1;
  let shape: MapShape = space.input;
  for (const [index, block] of space.blocks.entries()) {
    const part = blockGraph(block, choices[index]);
    const first = nodes.length;
    const entry = output;
    const place = (input: number) => (input < 0 ? entry : first + input);
    nodes.push(...part.nodes.map(node => ({ ...node, inputs: node.inputs.map(place), block: block.name })));
    output = place(part.output);
    shape = outputShape(part);
  }
  if (shape[0] !== space.classes) {
    throw new UserError(
      `The space "${space.name}" ends with ${shape[0]} channels, not with its ${space.classes} classes.`,
    );
  }
  return { input: space.input, output, nodes };
}
