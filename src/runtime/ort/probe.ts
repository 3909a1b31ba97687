import { GraphBuilder } from '../../graph/builder.ts';
import { channelBlockedPlanes } from '../../graph/onnx/channelBlocks.ts';
import { channelMajorLowering } from '../../graph/onnx/channelMajor.ts';
import { lowerGraph } from '../../graph/onnx/lower.ts';
import { blockedPlanes } from '../../graph/onnx/planes.ts';
import type { Lowering } from '../../graph/onnx/rule.ts';
import { standardLowering } from '../../graph/onnx/standard.ts';
import { array, type Graph, map } from '../../graph/types.ts';
import type { Tensors } from '../runtime.ts';
import { OrtSession, sessionModel } from './session.ts';

/** Images side by side that this processor's blocked kernels may want: AVX-512, AVX. */
const BLOCKS = [16, 8];

/** A batch of whole blocks, channels that have to be filled up to one. */
const [BATCH, CHANNELS, WIDE] = [BLOCKS[0], 4, 20];

/**
 * Finds the block of the blocked convolution kernels by trying them on a small widening and a depthwise convolution and the latter's
 * weight gradient, and holding the results against the standard operators. The blocked operators are internal to
 * onnxruntime, so nothing but a run on this very machine and version says what they do.
 *
 * @returns the block, or undefined where the processor has no such kernels or they give other results
 */
export async function probeBlock(): Promise<number | undefined> {
  const values = (size: number) => Float32Array.from({ length: size }, (_, i) => Math.sin(i * 1.7) + 0.1);
  const inputs = { x: values(BATCH * CHANNELS * 5 * 5), wide: values(WIDE * CHANNELS), w: values(WIDE * 9) };
  const expected = await runProbe(standardLowering, inputs);
  for (const block of BLOCKS) {
    try {
      const results = [];
      for (const planes of [blockedPlanes(block), channelBlockedPlanes(block)])
        results.push(await runProbe(channelMajorLowering(planes), inputs));
      const close = (value: number, i: number) =>
        Math.abs(value - expected[i]) < 1e-3 * Math.max(1, Math.abs(expected[i]));
      if (results.every(actual => actual.every(close))) return block;
    } catch {
      // This block size, or the whole domain, is not there on this processor.
    }
  }
  return undefined;
}

function probeGraph(): Graph {
  const g = new GraphBuilder();
  const x = g.input('x', map(BATCH, CHANNELS, 5, 5));
  const plain = { stride: 1, dilation: 1, groups: 1, pad: 0 };
  const wide = g.add('conv2d', [x, g.input('wide', array(WIDE, CHANNELS, 1, 1))], plain);
  const how = { stride: 2, dilation: 1, groups: WIDE, pad: 1 };
  const y = g.add('conv2d', [wide, g.input('w', array(WIDE, 1, 3, 3))], how);
  const gradient = g.add('conv2dWeightGrad', [wide, y], { ...how, kernel: 3 });
  return g.finish([{ name: 'gradient', value: gradient }]);
}

async function runProbe(lowering: Lowering, inputs: Tensors & { x: Float32Array }): Promise<Float32Array> {
  const settings = { threads: 1, keepsMemory: false };
  const session = await OrtSession.create(lowerGraph(probeGraph(), lowering, sessionModel), settings);
  try {
    const order = lowering.order([BATCH, CHANNELS, 5, 5]);
    const packed = order ? new Float32Array(order.size) : inputs.x;
    order?.places.forEach((to, from) => {
      packed[to] = inputs.x[from];
    });
    return (await session.run({ ...inputs, x: packed })).gradient;
  } finally {
    await session.release();
  }
}
