import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '../../base/random.ts';
import { type InferenceModel, openInferenceModel, runtimeVersion } from '../../runtime/ort/inference.ts';
import { readKernelRuns } from '../../runtime/ort/kernelTimes.ts';
import { middleMean } from '../statistics.ts';
import type { LatencyTarget } from './target.ts';

/** Each run adds to the trace's file; for a small model a thousand say all there is to say. */
const MOST_TRACED_RUNS = 1000;
/** Before the caches and the branch predictor are warm. */
const COLD_SHARE = 0.1;

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

  async trace(bytes, { threads, seconds }) {
    const folder = mkdtempSync(join(tmpdir(), 'proxyless-trace-'));
    try {
      const model = await openInferenceModel(bytes, { threads, traceTo: join(folder, 'trace') });
      const run = model.prepare(randomInputs(model));
      const end = performance.now() + 1000 * seconds;
      for (let runs = 0; runs < MOST_TRACED_RUNS && performance.now() < end; runs++) await run();
      await model.release();
      const [file] = readdirSync(folder);
      return readKernelRuns(join(folder, file)).map(({ microseconds, ...kernel }) => ({
        ...kernel,
        // Whole microseconds are coarse for a small kernel: a mean is finer than a median.
        ms: middleMean(microseconds.slice(Math.floor(COLD_SHARE * microseconds.length))) / 1000,
      }));
    } finally {
      rmSync(folder, { recursive: true });
    }
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
