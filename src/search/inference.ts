import { GraphBuilder } from '../graph/builder.ts';
import { array, type Graph, map, type ValueId } from '../graph/types.ts';
import type { LayerGraph } from '../space/layerGraph.ts';
import type { Parameter, RunningStatistics } from '../training/parameters.ts';
import { partDefinition } from './layers.ts';

/** A network for inference: batch norm folded into the convolutions before it, dropout gone, weights as constants. */
export interface InferenceNetwork {
  /** One map input `image`, one map output `output`; every other input has a value in `constants`. */
  graph: Graph;
  constants: Map<string, Float32Array>;
}

/** Trained numbers of a network, in the order of its layers. */
export interface TrainedNumbers {
  parameters: readonly Pick<Parameter, 'values'>[];
  running: readonly Pick<RunningStatistics, 'mean' | 'variance'>[];
}

/**
 * Folds batch norm with its running statistics: `s = gamma / sqrt(variance + eps)` goes into the weights of the
 * convolution before it, `beta - s mean` becomes its bias. Where no convolution of its own stands before it, it becomes
 * a 1x1 depthwise convolution.
 */
export function inferenceNetwork(layers: LayerGraph, numbers: TrainedNumbers, batch: number): InferenceNetwork {
  const definition = partDefinition(layers, false);
  const g = new GraphBuilder();
  const constants = new Map<string, Float32Array>();
  const values = new Map<ValueId, Float32Array>();
  const constant = (name: string, dims: readonly number[], content: Float32Array): ValueId => {
    const id = g.input(name, array(...dims));
    constants.set(name, content);
    values.set(id, content);
    return id;
  };
  const image = g.input('image', map(batch, ...definition.input));
  const parameters = definition.parameters.map((spec, i) =>
    constant(spec.name, spec.dims, numbers.parameters[i].values),
  );
  const uses = countUses(layers);

  const output = definition.build(g, image, {
    parameter: index => parameters[index],
    dropout: x => x,
    norm: (x, gamma, beta, index) => {
      const { mean, variance } = numbers.running[index];
      const { eps } = definition.norms[index];
      const scale = Float32Array.from(
        mean,
        (_, c) => (values.get(gamma) as Float32Array)[c] / Math.sqrt(variance[c] + eps),
      );
      const shift = Float32Array.from(mean, (m, c) => (values.get(beta) as Float32Array)[c] - scale[c] * m);
      const before = g.nodes.at(-1);
      const name = definition.parameters[parameters.indexOf(gamma)].name.replace('scale', 'folded');
      if (before?.op === 'conv2d' && before.outputs[0] === x && uses.singleBeforeNorm(index)) {
        const [, w, bias] = before.inputs;
        const old = bias === undefined ? undefined : values.get(bias);
        const weights = scaleRows(values.get(w) as Float32Array, scale);
        const biases = shift.map((value, c) => value + (old ? scale[c] * old[c] : 0));
        g.label = before.label;
        const operands = [
          before.inputs[0],
          constant(`${name}.weight`, g.type(w).dims, weights),
          constant(`${name}.bias`, [scale.length], biases),
        ];
        return g.add('conv2d', operands, before.attributes as never);
      }
      const channels = scale.length;
      const operands = [
        x,
        constant(`${name}.weight`, [channels, 1, 1, 1], scale),
        constant(`${name}.bias`, [channels], shift),
      ];
      return g.add('conv2d', operands, { stride: 1, dilation: 1, groups: channels, pad: 0 });
    },
  });
  const graph = g.finish([{ name: 'output', value: output }]);
  const used = new Set(graph.inputs.map(({ name }) => name));
  for (const name of constants.keys()) if (!used.has(name)) constants.delete(name);
  return { graph, constants };
}

/** Whether what stands before each batch norm is read by it alone. */
function countUses(layers: LayerGraph): { singleBeforeNorm(index: number): boolean } {
  const uses = new Map<number, number>();
  for (const { inputs } of layers.nodes) for (const input of inputs) uses.set(input, (uses.get(input) ?? 0) + 1);
  const sources = layers.nodes.flatMap(node => (node.op === 'batchNorm' ? [node.inputs[0]] : []));
  return { singleBeforeNorm: index => uses.get(sources[index]) === 1 };
}

/** Every output channel's weights times its factor. */
function scaleRows(weights: Float32Array, factors: Float32Array): Float32Array {
  const row = weights.length / factors.length;
  return weights.map((value, i) => value * factors[Math.floor(i / row)]);
}

/** Numbers a network starts with, for measuring its latency before anything is trained. */
export function placeholderNumbers(layers: LayerGraph): TrainedNumbers {
  const { parameters, norms } = partDefinition(layers, false);
  return {
    // Small and varied: zeros or denormal numbers would be measured faster or slower than real weights.
    parameters: parameters.map(({ dims }) => ({
      values: Float32Array.from(
        { length: dims.reduce((product, dim) => product * dim, 1) },
        (_, i) => 0.05 * Math.sin(i + 1),
      ),
    })),
    running: norms.map(({ channels }) => ({
      mean: new Float32Array(channels),
      variance: new Float32Array(channels).fill(1),
    })),
  };
}
