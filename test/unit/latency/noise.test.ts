import { describe, expect, it } from 'vitest';
import { combineNoise, noiseReport } from '../../../src/latency/noise.ts';

/** Median 1, median absolute deviation `mad`. */
const model = (mad: number) => ({ samplesMs: [1 - 2 * mad, 1 - mad, 1, 1 + mad, 1 + 2 * mad], settled: true });

describe('noiseReport', () => {
  it('calls a machine noisy for spread samples, and sooner when it was busy before', () => {
    const quiet = noiseReport([model(0.02)], 0.2, 4);
    expect(quiet.noisy).toBe(false);
    expect(quiet.relativeSpread).toBeCloseTo(0.02 * 1.4826, 10);
    expect(noiseReport([model(0.02)], 3.9, 4).noisy).toBe(true);
    expect(noiseReport([model(0.001)], 3.9, 4).noisy).toBe(false);
    expect(noiseReport([model(0.05)], 0.2, 4).message).toBe(
      'The machine is noisy: samples spread by 7.4 %, load 0.2 on 4 cores. Stop other programs and profile again for surer figures.',
    );
  });

  it('counts far outliers and unsettled models', () => {
    const jumpy = { samplesMs: [1, 1.01, 0.99, 1, 1.02, 9], settled: false };
    expect(noiseReport([jumpy, model(0.01)], 0, 4)).toMatchObject({ unsettled: 1, models: 2, outlierShare: 1 / 11 });
  });

  it('combines batches by their number of models and takes the load from before the first', () => {
    const first = noiseReport([model(0.01), model(0.01), model(0.01)], 0.5, 4);
    const second = noiseReport([model(0.05)], 2, 4);
    const combined = combineNoise([first, second], 4);
    expect(combined).toMatchObject({ models: 4, loadBefore: 0.5 });
    expect(combined.relativeSpread).toBeCloseTo(0.02 * 1.4826, 10);
  });
});
