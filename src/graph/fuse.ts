import { prune } from './builder.ts';
import type { Graph, GraphNode, ValueId } from './types.ts';

/**
 * Joins a 1x1 convolution with the batch normalisation behind it where the convolution widens: its output statistics
 * then follow from the small covariance matrix of its narrow input (mean(Wx) = W mean(x), var(Wx) = diag(W Cov(x) W^T)),
 * which saves every pass over the wide output that normalising it would take, forward and backward.
 */
export function fusePointwiseBatchNorm(graph: Graph): Graph {
  const uses = new Map<ValueId, number>();
  for (const id of [...graph.nodes.flatMap(node => node.inputs), ...graph.outputs.map(output => output.value)])
    uses.set(id, (uses.get(id) ?? 0) + 1);
  const producers = new Map<ValueId, GraphNode>();
  for (const node of graph.nodes) producers.set(node.outputs[0], node);

  const nodes = graph.nodes.map((node): GraphNode => {
    if (node.op !== 'batchNorm' && node.op !== 'normalize') return node;
    const convolution = producers.get(node.inputs[0]);
    if (!convolution || uses.get(node.inputs[0]) !== 1 || !widens(graph, convolution)) return node;
    return {
      op: node.op === 'batchNorm' ? 'pointwiseBatchNorm' : 'pointwiseNormalize',
      attributes: node.attributes,
      inputs: [...convolution.inputs, ...node.inputs.slice(1)],
      outputs: node.outputs,
    };
  });
  return prune({ ...graph, nodes });
}

/** Places of a map, over all images, for each element of the covariance from which on the small matrices cost less than the passes. */
const WORTH = 4;

/** A plain 1x1 convolution to at least twice the channels; below that the covariance costs more than it saves. */
function widens(graph: Graph, node: GraphNode): boolean {
  if (node.op !== 'conv2d' || node.inputs.length !== 2) return false;
  const { stride, groups, pad } = (node as GraphNode<'conv2d'>).attributes;
  const [out, input, kernel] = graph.values[node.inputs[1]].dims;
  const [images, , height, width] = graph.values[node.outputs[0]].dims;
  const pays = out >= 2 * input && images * height * width >= WORTH * input * input;
  return kernel === 1 && stride === 1 && groups === 1 && pad === 0 && pays;
}
