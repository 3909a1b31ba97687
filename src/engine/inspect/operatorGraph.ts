import type { OperatorGraph } from '../../protocol/spaceView.ts';
import { type LayerGraph, type LayerNode, pointwiseOps } from '../../space/layerGraph.ts';

/**
 * What is inside an operator, for a picture: its primitives without norms and activations, in topological order, the
 * output last. Undefined for a plain chain, whose name says as much.
 */
export function operatorGraph({ nodes, output }: LayerGraph): OperatorGraph | undefined {
  const graph: OperatorGraph = [];
  /** By node of the layer graph, the one of the picture that its result comes from. */
  const from = new Map<number, number>([[-1, -1]]);
  const drawn = (index: number) => from.get(index) ?? -1;
  for (const [i, node] of nodes.slice(0, output + 1).entries()) {
    const inputs = node.inputs.map(drawn);
    // A map times a function of itself is an activation too.
    const isActivation = node.op === 'multiply' && inputs[0] === inputs[1];
    if (pointwiseOps.has(node.op) || isActivation) {
      from.set(i, inputs[0]);
      continue;
    }
    from.set(i, graph.length);
    graph.push({ name: layerName(node), inputs });
  }
  const isChain = graph.every(({ inputs }, i) => inputs.length === 1 && inputs[0] === i - 1);
  return isChain ? undefined : graph;
}

function layerName(node: LayerNode): string {
  switch (node.op) {
    case 'conv2d': {
      const { kernel, stride, dilation, groups, out } = node.attributes;
      const kind = groups === out && groups > 1 ? 'depthwise' : groups > 1 ? `conv, ${groups} groups` : 'conv';
      return `${kind} ${kernel}x${kernel}${dilation > 1 ? ` d${dilation}` : ''}${stride > 1 ? ` s${stride}` : ''}`;
    }
    case 'avgPool':
    case 'maxPool': {
      const { kernel, stride } = node.attributes;
      return `${node.op === 'avgPool' ? 'avg' : 'max'} pool ${kernel}x${kernel}${stride > 1 ? ` s${stride}` : ''}`;
    }
    case 'globalAvgPool':
      return 'global pool';
    default:
      return node.op;
  }
}
