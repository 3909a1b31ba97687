import { availableParallelism, cpus } from 'node:os';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { Random } from '../../base/random.ts';
import type { LatencyTarget } from './target.ts';

/** This machine's processor through onnxruntime, the arithmetic in fp32. */
export const cpuTarget: LatencyTarget = {
  name: 'cpu',

  async fingerprint({ threads, batch }) {
    const { env } = await import('onnxruntime-node');
    return {
      processor: cpus()[0]?.model.trim() || 'unknown processor',
      cores: availableParallelism(),
      platform: `${process.platform} ${process.arch}`,
      runtime: `onnxruntime-node ${env.versions.node ?? env.versions.common}`,
      executionProvider: 'cpu',
      threads,
      batch,
      precision: 'fp32',
    };
  },

  async open(model, { threads }) {
    const ort = await import('onnxruntime-node');
    const session = await ort.InferenceSession.create(model, {
      executionProviders: ['cpu'],
      // Explicit always: inside a container the runtime's own guess of the core count may fail or be wrong.
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
    });
    const feeds = randomFeeds(session, ort.Tensor);
    return { run: () => session.run(feeds), release: () => session.release() };
  },
};

/** Uniform values in [-1, 1): neither zeros nor denormals, whose arithmetic can be faster or far slower than usual. */
function randomFeeds(session: InferenceSession, TensorType: typeof Tensor): Record<string, Tensor> {
  const random = new Random(1, 'latency inputs');
  const feeds: Record<string, Tensor> = {};
  for (const input of session.inputMetadata) {
    if (!input.isTensor) throw new Error(`Model input ${input.name} is not a tensor.`);
    const shape = input.shape.map(size => {
      if (typeof size !== 'number') throw new Error(`Model input ${input.name} has no static shape.`);
      return size;
    });
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
    for (let i = 0; i < values.length; i++) values[i] = 2 * random.next() - 1;
    feeds[input.name] = new TensorType('float32', values, shape);
  }
  return feeds;
}
