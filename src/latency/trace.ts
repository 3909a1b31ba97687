import type { TracedLayer } from '../protocol/events.ts';
import { formatShape } from '../space/analysis.ts';
import { type LayerGraph, type LayerNode, type LayerOp, shapeAt } from '../space/layerGraph.ts';
import type { KernelTime } from './targets/target.ts';

/**
 * A network's layers with what each takes on the device. The kernels' own times say only the shares: being recorded
 * makes each of them longer, by about what the quickest takes in all, and the whole network's latency is known better.
 *
 * @param network every node tells its block
 * @param kernels of the network's exported model, in the order they run
 * @param totalMs what the layers take together
 */
export function traceLayers(network: LayerGraph, kernels: readonly KernelTime[], totalMs: number): TracedLayer[] {
  const recordingMs = Math.min(...kernels.map(({ ms }) => ms));
  const tracedMs = kernels.reduce((sum, { ms }) => sum + ms - recordingMs, 0);
  const origins = kernels.map(({ name }) => originOf(network, name));
  return kernels.map(({ op, output, ms }, k) => {
    const node = origins[k];
    // Kernels that no layer asked for, such as changes of layout: some what follows needs, others are left by what came before.
    const [before, after] = [origins.slice(0, k).findLast(Boolean), origins.slice(k).find(Boolean)];
    const neighbour = node ?? (op === 'ReorderInput' ? (after ?? before) : (before ?? after));
    return {
      block: neighbour?.block ?? '',
      ...(node ? describe(network, node, op) : { name: op, kind: 'layout', output: output.slice(1).join('x') }),
      measuredMs: tracedMs > 0 ? ((ms - recordingMs) / tracedMs) * totalMs : totalMs / kernels.length,
    };
  });
}

/** Names in the exported model begin with `block/number.op/`; the runtime may put words around them. */
function originOf({ nodes }: LayerGraph, name: string): LayerNode | undefined {
  const [, block, number] = /([\w.]+)\/(\d+)\.\w+\//.exec(name) ?? [];
  const node = nodes[Number(number)];
  return node?.block === block ? node : undefined;
}

type Description = Pick<TracedLayer, 'name' | 'kind' | 'output'>;

/** A kernel in words: the primitive that takes its time, with the activation that the runtime joined to it. */
function describe(network: LayerGraph, node: LayerNode, op: string): Description {
  const output = formatShape(node.shape);
  const before = network.nodes[node.inputs[0]];
  // A kernel has the name of the last layer joined into it; the batch norm between is folded into the weights.
  const joined = before && op.endsWith('Conv') && activations.has(node.op);
  if (!joined) return { ...describeLayer(network, node), output };
  const source = before.op === 'batchNorm' ? (network.nodes[before.inputs[0]] ?? before) : before;
  const { name, kind } = describeLayer(network, source);
  return { name: `${name} + ${node.op}`, kind, output };
}

const activations: ReadonlySet<LayerOp> = new Set(['relu', 'relu6', 'hswish', 'hsigmoid', 'sigmoid']);

/** The primitive in words, and what it is by the way it spends time. */
function describeLayer(network: LayerGraph, node: LayerNode): Omit<Description, 'output'> {
  switch (node.op) {
    case 'conv2d': {
      const { kernel, groups } = node.attributes;
      const side = `${kernel}x${kernel}`;
      if (groups > 1 && groups === shapeAt(network, node.inputs[0])[0])
        return { name: `depthwise ${side}`, kind: 'depthwise' };
      return { name: `conv ${side}`, kind: kernel === 1 ? 'pointwise' : 'convolution' };
    }
    case 'avgPool':
    case 'maxPool':
      return { name: `${node.op} ${node.attributes.kernel}x${node.attributes.kernel}`, kind: 'pooling' };
    case 'globalAvgPool':
      return { name: node.op, kind: 'pooling' };
    case 'linear':
      return { name: node.op, kind: 'linear' };
    default:
      return { name: node.op, kind: 'elementwise' };
  }
}
