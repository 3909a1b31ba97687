import { hash32 } from '../base/random.ts';
import { type LayerGraph, type LayerNode, type MapShape, outputShape, shapeAt } from './layerGraph.ts';

/** A layer text longer than this is replaced by its hash, so that tables keyed by signatures stay readable. */
const longestText = 96;

/**
 * A short name of what a graph computes at its shape: equal for equal operators, whatever they are called and wherever
 * they were written. Latency tables and compiled models are keyed by it.
 *
 * `mbconv k3 e6 s1 24x28x28->24x28x28` for inverted bottlenecks (`skip` when the shortcut is part of the graph), the
 * layers in short (`conv16k3s2 bn relu6 1x28x28->16x14x14`) for other small graphs, a hash for large ones.
 */
export function signature(graph: LayerGraph): string {
  const layers = layerText(graph);
  const name = mbconvName(layers, graph.input[0]) ?? (layers.length > longestText ? hashed(graph, layers) : layers);
  return `${name} ${formatShape(graph.input)}->${formatShape(outputShape(graph))}`;
}

/** `channels x height x width`, such as `24x28x28`. */
export function formatShape(shape: MapShape): string {
  return shape.join('x');
}

/**
 * The graph as text in an order that depends on its structure alone: depth first from the output. A layer that takes
 * anything but the layer before it names its inputs, `-1` being the graph's own.
 */
function layerText(graph: LayerGraph): string {
  const order = new Map<number, number>([[-1, -1]]);
  const words: string[] = [];
  const visit = (index: number): number => {
    const known = order.get(index);
    if (known !== undefined) return known;
    const node = graph.nodes[index];
    const inputs = node.inputs.map(visit);
    const position = words.length;
    const follows = inputs.length === 1 && inputs[0] === position - 1;
    words.push(word(node, shapeAt(graph, node.inputs[0])[0]) + (follows ? '' : `@${inputs.join(',')}`));
    order.set(index, position);
    return position;
  };
  visit(graph.output);
  return words.join(' ') || 'identity';
}

/** One layer in short; attributes at their usual value are left out. */
function word(node: LayerNode, channels: number): string {
  switch (node.op) {
    case 'conv2d': {
      const { out, kernel, stride, dilation, groups, bias } = node.attributes;
      const depthwise = groups === channels && out === channels && groups > 1;
      const kind = depthwise ? `dw${kernel}` : kernel === 1 ? `pw${out}` : `conv${out}k${kernel}`;
      const rest = [
        stride > 1 && `s${stride}`,
        dilation > 1 && `d${dilation}`,
        !depthwise && groups > 1 && `g${groups}`,
      ];
      return kind + rest.filter(Boolean).join('') + (bias ? 'b' : '');
    }
    case 'batchNorm': {
      const { eps, momentum } = node.attributes;
      return eps === 1e-3 && momentum === 0.1 ? 'bn' : `bn(${eps},${momentum})`;
    }
    case 'avgPool':
    case 'maxPool':
      return `${node.op}${node.attributes.kernel}s${node.attributes.stride}`;
    case 'shift':
      return `shift(${node.attributes.down},${node.attributes.right})`;
    case 'linear':
      return `linear${node.attributes.out}`;
    case 'dropout':
      return `dropout${node.attributes.rate}`;
    default:
      return node.op;
  }
}

const mbconvPattern = new RegExp(
  [
    /^(?:pw(?<mid>\d+) bn (?<first>\w+) )?dw(?<kernel>\d+)(?:s(?<stride>\d+))? bn (?<second>\w+)/,
    /(?: globalAvgPool pw(?<squeezed>\d+)b relu pw\d+b hsigmoid multiply@(?<gated>\d+),\d+)?/,
    / pw\d+ bn(?<skip> add@(?:-1,\d+|\d+,-1))?$/,
  ]
    .map(part => part.source)
    .join(''),
);

function mbconvName(layers: string, channels: number): string | undefined {
  const found = mbconvPattern.exec(layers)?.groups;
  if (!found || (found.first ?? found.second) !== found.second) return undefined;
  const lastBeforeGate = found.mid ? 5 : 2;
  if (found.gated && Number(found.gated) !== lastBeforeGate) return undefined;
  const mid = found.mid ? Number(found.mid) : channels;
  // An expansion layer at ratio 1 is another operator than none.
  const widened = found.mid && mid === channels ? ' pw' : '';
  const words = [
    `mbconv k${found.kernel}`,
    (mid % channels === 0 ? `e${mid / channels}` : `mid${mid}`) + widened,
    `s${found.stride ?? 1}`,
    found.second !== 'relu6' && found.second,
    found.squeezed && `se${found.squeezed}`,
    found.skip && 'skip',
  ];
  return words.filter(Boolean).join(' ');
}

function hashed(graph: LayerGraph, layers: string): string {
  const hex = (hash: number) => (hash >>> 0).toString(16).padStart(8, '0');
  return `${graph.nodes.length} layers #${hex(hash32(layers))}${hex(hash32(`.${layers}`))}`;
}
