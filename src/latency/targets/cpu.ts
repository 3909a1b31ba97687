import { availableParallelism, cpus } from 'node:os';
import { Random } from '../../base/random.ts';
import { type InferenceModel, openInferenceModel, runtimeVersion } from '../../runtime/ort/inference.ts';
import type { LatencyTarget } from './target.ts';

/** This machine's processor through onnxruntime, the arithmetic in fp32. */
export const cpuTarget: LatencyTarget = {
  name: 'cpu',

  async fingerprint({ threads, batch }) {
    return {
      processor: cpus()[0]?.model.trim() || 'unknown processor',
      cores: availableParallelism(),
      platform: `${process.platform} ${process.arch}`,
      runtime: await runtimeVersion(),
      executionProvider: 'cpu',
      threads,
      batch,
      precision: 'fp32',
    };
  },

  async open(bytes, { threads }) {
    const model = await openInferenceModel(bytes, { threads });
    return { run: model.prepare(randomInputs(model)), release: () => model.release() };
  },
};

/** Uniform values in [-1, 1): neither zeros nor denormals, whose arithmetic can be faster or far slower than usual. */
function randomInputs({ inputs }: InferenceModel): Parameters<InferenceModel['prepare']>[0] {
  const random = new Random(1, 'latency inputs');
  return Object.fromEntries(
    Object.entries(inputs).map(([name, shape]) => {
      const dims = shape.map(size => {
        if (typeof size !== 'number') throw new Error(`Model input ${name} has no static shape.`);
        return size;
      });
      const size = dims.reduce((product, dim) => product * dim, 1);
      return [name, { values: Float32Array.from({ length: size }, () => 2 * random.next() - 1), dims }];
    }),
  );
}
