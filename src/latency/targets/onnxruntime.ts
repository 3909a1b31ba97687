import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { EnergyCounter } from '../../base/energyCounter.ts';
import { openInferenceModel, runtimeVersion } from '../../runtime/ort/inference.ts';
import { readKernelRuns } from '../../runtime/ort/kernelTimes.ts';
import type { Provider } from '../../runtime/ort/providers.ts';
import type { Accelerator, MeasuredDevice } from '../../space/devices.ts';
import { randomInputs } from '../inputs.ts';
import { middleMean } from '../statistics.ts';
import { findCores } from './systemCores.ts';
import type { LatencyTarget } from './target.ts';

/** Each run adds to the trace's file; for a small model a thousand say all there is to say. */
const MOST_TRACED_RUNS = 1000;
/** Before the caches and the branch predictor are warm. */
const COLD_SHARE = 0.1;

const providers: { readonly [Name in Accelerator]: Provider } = {
  webgpu: 'webgpu',
  cuda: 'cuda',
  directml: 'dml',
  coreml: 'coreml',
};

/** The runtime's name for what runs a device's kernels. */
export function providerOf({ target }: MeasuredDevice): Provider {
  return target === 'cpu' || target === 'browser' || target === 'ssh' ? 'cpu' : providers[target];
}

/**
 * This machine through onnxruntime-node: its processor, or an execution provider that it has.
 *
 * @param check rejects where the provider does not work
 */
export function onnxruntimeTarget(device: MeasuredDevice, check: () => Promise<void> = async () => {}): LatencyTarget {
  const provider = providerOf(device);
  return {
    machine: () => ({ load: loadavg()[0], cores: availableParallelism() }),
    cores: async () => (provider === 'cpu' ? findCores() : undefined),

    async fingerprint({ threads, batch }) {
      await check();
      return {
        processor: cpus()[0]?.model.trim() || 'unknown processor',
        cores: availableParallelism(),
        platform: `${process.platform} ${process.arch}`,
        runtime: await runtimeVersion(),
        executionProvider: provider,
        threads,
        batch,
        precision: device.precision,
      };
    },

    async open(bytes, { threads }) {
      const model = await openInferenceModel(bytes, { threads, provider });
      return { run: model.prepare(randomInputs(model)), release: () => model.release() };
    },

    countEnergy: () => EnergyCounter.open(),

    async trace(bytes, { threads, seconds }) {
      const folder = mkdtempSync(join(tmpdir(), 'proxyless-trace-'));
      try {
        const model = await openInferenceModel(bytes, { threads, provider, traceTo: join(folder, 'trace') });
        const run = model.prepare(randomInputs(model));
        const end = performance.now() + 1000 * seconds;
        for (let runs = 0; runs < MOST_TRACED_RUNS && performance.now() < end; runs++) await run();
        await model.release();
        const [file] = readdirSync(folder);
        return readKernelRuns(join(folder, file)).map(({ name, op, output, microseconds }) => ({
          name,
          op,
          output,
          // Whole microseconds are coarse for a small kernel: a mean is finer than a median.
          ms: middleMean(microseconds.slice(Math.floor(COLD_SHARE * microseconds.length))) / 1000,
        }));
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  };
}
