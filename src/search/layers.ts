import type { GraphBuilder } from '../graph/builder.ts';
import type { ValueId } from '../graph/types.ts';
import { type LayerGraph, type LayerNode, type MapShape, shapeAt } from '../space/layerGraph.ts';
import type { ParameterSpec } from '../training/parameters.ts';
import type { PartBindings, PartDefinition } from '../training/partGraphs.ts';

/**
 * From the search-space language to something that trains: what parameters, batch norms and dropout masks the layers
 * have, in the order of the nodes, and how each layer is written in graph operators.
 */
export function partDefinition(layers: LayerGraph, residual: boolean): PartDefinition {
  const parameters: ParameterSpec[] = [];
  const norms: { channels: number; eps: number; momentum: number; places: number }[] = [];
  const dropouts: { rate: number; shape: MapShape }[] = [];
  /** For each node, where its parameters, batch norm or dropout mask begin in the lists above. */
  const starts = layers.nodes.map((node, index) => {
    const input = shapeAt(layers, node.inputs[0]);
    const start = { parameter: parameters.length, norm: norms.length, dropout: dropouts.length };
    parameters.push(...parametersOf(node, input, index));
    if (node.op === 'batchNorm') norms.push({ channels: input[0], places: input[1] * input[2], ...node.attributes });
    if (node.op === 'dropout') dropouts.push({ rate: node.attributes.rate, shape: input });
    return start;
  });

  return {
    input: layers.input as [number, number, number],
    parameters,
    norms,
    dropouts: dropouts as { rate: number; shape: [number, number, number] }[],
    residual,
    build(g, x, bind) {
      const values: ValueId[] = [];
      layers.nodes.forEach((node, index) => {
        const inputs = node.inputs.map(input => (input < 0 ? x : values[input]));
        g.label = node.block && `${node.block}/${index}.${node.op}`;
        values.push(writeLayer(g, node, inputs, starts[index], bind));
      });
      g.label = undefined;
      return layers.output < 0 ? x : values[layers.output];
    },
  };
}

function parametersOf(node: LayerNode, input: MapShape, index: number): ParameterSpec[] {
  const name = `${index}.${node.op}`;
  switch (node.op) {
    case 'conv2d': {
      const { out, kernel, groups, bias } = node.attributes;
      const dims = [out, input[0] / groups, kernel, kernel];
      return [
        { name: `${name}.weight`, dims, start: 'convolution', decay: true, groups },
        ...(bias ? [{ name: `${name}.bias`, dims: [out], start: 'zeros', decay: false } as const] : []),
      ];
    }
    case 'linear':
      return [
        { name: `${name}.weight`, dims: [node.attributes.out, input[0], 1, 1], start: 'linear', decay: true },
        { name: `${name}.bias`, dims: [node.attributes.out], start: 'zeros', decay: false },
      ];
    case 'batchNorm':
      return [
        { name: `${name}.scale`, dims: [input[0]], start: 'ones', decay: false },
        { name: `${name}.shift`, dims: [input[0]], start: 'zeros', decay: false },
      ];
    default:
      return [];
  }
}

/** A pool's padding: half the kernel, so that stride 1 keeps the size for odd kernels. */
export function poolPadding(kernel: number): number {
  return (kernel - 1) >> 1;
}

function writeLayer(
  g: GraphBuilder,
  node: LayerNode,
  inputs: ValueId[],
  start: { parameter: number; norm: number; dropout: number },
  bind: PartBindings,
): ValueId {
  const [x] = inputs;
  const parameter = (offset: number) => bind.parameter(start.parameter + offset);
  switch (node.op) {
    case 'conv2d': {
      const { kernel, stride, dilation, groups, bias } = node.attributes;
      const operands = bias ? [x, parameter(0), parameter(1)] : [x, parameter(0)];
      return g.add('conv2d', operands, { stride, dilation, groups, pad: (dilation * (kernel - 1)) / 2 });
    }
    case 'linear':
      return g.add('conv2d', [x, parameter(0), parameter(1)], { stride: 1, dilation: 1, groups: 1, pad: 0 });
    case 'batchNorm':
      return bind.norm(x, parameter(0), parameter(1), start.norm);
    case 'dropout':
      return bind.dropout(x, start.dropout);
    case 'multiply':
      return isChannelGate(g, inputs) ? g.add('scaleChannels', inputs, {}) : g.add('multiply', inputs, {});
    case 'avgPool':
    case 'maxPool':
      return g.add(node.op, inputs, { ...node.attributes, pad: poolPadding(node.attributes.kernel) });
    case 'globalAvgPool': {
      const [, , height, width] = g.type(x).dims;
      return g.add('sumSpatial', [x], { scale: 1 / (height * width) });
    }
    case 'shift':
      return g.add('shift', inputs, node.attributes);
    case 'relu':
    case 'relu6':
    case 'hswish':
    case 'hsigmoid':
    case 'sigmoid':
    case 'add':
    case 'concat':
      return g.add(node.op, inputs, {});
  }
}

/** The second factor is `[C, 1, 1]` and the first is not. */
function isChannelGate(g: GraphBuilder, [a, b]: ValueId[]): boolean {
  const [, , height, width] = g.type(b).dims;
  return height === 1 && width === 1 && g.type(a).dims.join() !== g.type(b).dims.join();
}
