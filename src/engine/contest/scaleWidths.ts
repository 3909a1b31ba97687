import { type LayerGraph, type LayerNode, type MapShape, shapeAt } from '../../space/layerGraph.ts';

/**
 * The same network with every width times `factor`, in steps of `multiple` channels; classes stay. A convolution that
 * multiplies its input's channels keeps that ratio, so that an expansion of 6 stays one of 6.
 */
export function scaleWidths(layers: LayerGraph, factor: number, multiple: number): LayerGraph {
  const nodes: LayerNode[] = [];
  const shapes: MapShape[] = [];
  const scaled = (index: number): MapShape => (index < 0 ? layers.input : shapes[index]);
  for (const node of layers.nodes) {
    const [channels] = shapeAt(layers, node.inputs[0]);
    const [newChannels] = scaled(node.inputs[0]);
    const [, height, width] = node.shape;
    const fromImage = node.inputs[0] < 0;
    if (node.op === 'conv2d') {
      const { out, groups } = node.attributes;
      const ratio = out / channels;
      const depthwise = groups === channels && groups > 1;
      const newOut =
        !fromImage && Number.isInteger(ratio) && ratio >= 1 && (depthwise || ratio > 1)
          ? newChannels * ratio
          : Math.max(multiple, Math.round((out * factor) / multiple) * multiple);
      const attributes = { ...node.attributes, out: newOut, groups: depthwise ? newChannels : groups };
      nodes.push({ ...node, attributes, shape: [newOut, height, width] });
    } else if (node.op === 'linear') {
      nodes.push(node);
    } else if (node.op === 'concat') {
      const total = node.inputs.reduce((sum, input) => sum + scaled(input)[0], 0);
      nodes.push({ ...node, shape: [total, height, width] });
    } else {
      nodes.push({ ...node, shape: [newChannels, height, width] } as LayerNode);
    }
    shapes.push(nodes[nodes.length - 1].shape);
  }
  return { input: layers.input, output: layers.output, nodes };
}
