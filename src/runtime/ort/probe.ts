import { GraphBuilder } from '../../graph/builder.ts';
import { channelMajorLowering } from '../../graph/onnx/channelMajor.ts';
import { lowerGraph } from '../../graph/onnx/lower.ts';
import { blockedPlanes } from '../../graph/onnx/planes.ts';
import type { Lowering } from '../../graph/onnx/rule.ts';
import { standardLowering } from '../../graph/onnx/standard.ts';
import { array, type Graph, map } from '../../graph/types.ts';
import { OrtSession, sessionModel } from './session.ts';

/** Images side by side that this processor's blocked kernels may want: AVX-512, AVX. */
const BLOCKS = [16, 8];

/**
 * Finds the block of the blocked convolution kernels by trying them on a small depthwise convolution and its weight
 * gradient, and holding the results against the standard operators. The blocked operators are internal to
 * onnxruntime, so nothing but a run on this very machine and version says what they do.
 *
 * @returns the block, or undefined where the processor has no such kernels or they give other results
 */
export async function probeBlock(): Promise<number | undefined> {
  const batch = BLOCKS[0];
  const graph = probeGraph(batch);
  const values = (size: number) => Float32Array.from({ length: size }, (_, i) => Math.sin(i * 1.7) + 0.1);
  const [x, w] = [values(batch * 2 * 5 * 5), values(2 * 9)];
  const expected = await runProbe(graph, standardLowering, x, w);
  for (const block of BLOCKS) {
    try {
      const actual = await runProbe(graph, channelMajorLowering(blockedPlanes(block)), x, w);
      if (actual.every((value, i) => Math.abs(value - expected[i]) < 1e-3)) return block;
    } catch {
      // This block size, or the whole domain, is not there on this processor.
    }
  }
  return undefined;
}

function probeGraph(batch: number): Graph {
  const g = new GraphBuilder();
  const x = g.input('x', map(batch, 2, 5, 5));
  const w = g.input('w', array(2, 1, 3, 3));
  const how = { stride: 2, dilation: 1, groups: 2, pad: 1 };
  const y = g.add('conv2d', [x, w], how);
  const gradient = g.add('conv2dWeightGrad', [x, y], { ...how, kernel: 3 });
  return g.finish([{ name: 'gradient', value: gradient }]);
}

async function runProbe(graph: Graph, lowering: Lowering, x: Float32Array, w: Float32Array): Promise<Float32Array> {
  const session = await OrtSession.create(lowerGraph(graph, lowering, sessionModel), {
    threads: 1,
    keepsMemory: false,
  });
  try {
    const order = lowering.order(graph.values[graph.inputs[0].value].dims);
    const packed = order ? new Float32Array(order.size) : x;
    order?.places.forEach((to, from) => {
      packed[to] = x[from];
    });
    return (await session.run({ x: packed, w })).gradient;
  } finally {
    await session.release();
  }
}
