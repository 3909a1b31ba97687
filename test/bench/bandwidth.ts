import * as ort from 'onnxruntime-node';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { lowerGraph } from '../../src/graph/onnx/lower.ts';
import { standardLowering } from '../../src/graph/onnx/standard.ts';
import { map } from '../../src/graph/types.ts';
import { median } from '../../src/latency/statistics.ts';

/** 41 MB of float32: larger than the caches of common processors. */
const side = 800;
const type = map(1, 16, side, side);
const bytes = 4 * 16 * side * side;
const [short, long, rounds] = [2, 10, 9];

/**
 * Bytes read and written per millisecond by onnxruntime's element-wise ReLU on maps too large for the caches. Two chains of
 * different length run in turns: their difference is ReLU alone, without the call and what ends the chain.
 */
export async function measureBandwidth(threads: number): Promise<number> {
  const sessions = await Promise.all([short, long].map(length => createChain(length, threads)));
  const input = { x: new ort.Tensor('float32', new Float32Array(bytes / 4).fill(1), type.dims) };
  const run = async (session: ort.InferenceSession) => {
    const start = performance.now();
    await session.run(input);
    return performance.now() - start;
  };
  for (const session of sessions) await run(session);
  const differences: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const shortMs = await run(sessions[0]);
    differences.push((await run(sessions[1])) - shortMs);
  }
  for (const session of sessions) await session.release();
  return (2 * bytes * (long - short)) / median(differences);
}

/** A chain of ReLUs with a mean at its end, for a large result would be copied. */
function createChain(length: number, threads: number): Promise<ort.InferenceSession> {
  const g = new GraphBuilder();
  let value = g.input('x', type);
  for (let i = 0; i < length; i++) value = g.add('relu', [value], {});
  const graph = g.finish([{ name: 'mean', value: g.add('sumSpatial', [value], { scale: 1 / (side * side) }) }]);
  return ort.InferenceSession.create(lowerGraph(graph, standardLowering).bytes, {
    intraOpNumThreads: threads,
    // A chain of ReLUs is one ReLU to an optimiser.
    graphOptimizationLevel: 'disabled',
  });
}
