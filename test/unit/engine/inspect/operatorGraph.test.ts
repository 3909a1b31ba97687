import { describe, expect, it } from 'vitest';
import { operatorGraph } from '../../../../src/engine/inspect/operatorGraph.ts';
import {
  add,
  batchNorm,
  concat,
  depthwise,
  maxPool,
  pointwise,
  relu,
  squeezeExcite,
  swish,
} from '../../../../src/space/index.ts';
import { finish, GraphBuilder, MapTensor } from '../../../../src/space/trace.ts';

/** The picture of an operator on a map of 8 channels. */
function graphOf(build: (input: MapTensor) => MapTensor) {
  const builder = new GraphBuilder([8, 8, 8], undefined, undefined);
  return operatorGraph(finish(build(new MapTensor(builder, -1, builder.input))));
}

describe('operatorGraph', () => {
  it('leaves a chain to its name, whatever its norms and activations', () => {
    expect(graphOf(x => batchNorm(pointwise(relu(batchNorm(depthwise(x, { kernel: 3 }))), 8)))).toBeUndefined();
    expect(graphOf(x => swish(pointwise(x, 8)))).toBeUndefined();
  });

  it('joins the primitives of a ghost module as they are written', () => {
    const ghost = (x: MapTensor) => {
      const half = relu(batchNorm(pointwise(x, 4)));
      return concat(half, relu(batchNorm(depthwise(half, { kernel: 3 }))));
    };
    expect(graphOf(ghost)).toEqual([
      { name: 'conv 1x1', inputs: [-1] },
      { name: 'depthwise 3x3', inputs: [0] },
      { name: 'concat', inputs: [0, 1] },
    ]);
  });

  it('says kernels, strides and dilations', () => {
    const graph = graphOf(x =>
      add(depthwise(x, { kernel: 5, stride: 2, dilation: 2 }), maxPool(relu(x), { kernel: 3, stride: 2 })),
    );
    expect(graph?.map(({ name }) => name)).toEqual(['depthwise 5x5 d2 s2', 'max pool 3x3 s2', 'add']);
    expect(graph?.[1].inputs).toEqual([-1]);
  });

  it('shows a gate beside what it gates', () => {
    const graph = graphOf(x => squeezeExcite(pointwise(x, 8)));
    expect(graph?.[0]).toEqual({ name: 'conv 1x1', inputs: [-1] });
    expect(graph?.at(-1)).toEqual({ name: 'multiply', inputs: [0, (graph?.length ?? 0) - 2] });
  });
});
