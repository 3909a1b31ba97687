import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forgetTrained, trainedBefore, writeTrained } from '../../../src/engine/trainer/trained.ts';
import type { TrainingJob } from '../../../src/engine/trainer/trainerMessages.ts';

let derived: string;
beforeEach(() => {
  derived = mkdtempSync(join(tmpdir(), 'derived-'));
});
afterEach(() => rmSync(derived, { recursive: true }));

function job(changes: Partial<TrainingJob> = {}): TrainingJob {
  return {
    name: 'derived',
    layers: { input: [1, 8, 8], nodes: [], output: -1 },
    dataset: { spec: { kind: 'package', package: 'fashion-mnist' }, baseFolder: 'base', cacheFolder: 'cache' },
    normalisation: { mean: Float32Array.of(0.5), std: Float32Array.of(0.25) },
    augment: {},
    schedule: { epochs: 2, batch: 64, rate: 0.1, weightDecay: 0, labelSmoothing: 0, momentum: 0.9 },
    seed: 1,
    threads: 1,
    folder: derived,
    ...changes,
  };
}

const result = {
  name: 'derived',
  testAccuracy: 0.9,
  testCrossEntropy: 0.3,
  exportDifference: 1e-6,
  seconds: 60,
  peakRssMb: 200,
};

describe('a network that was trained before the training was interrupted', () => {
  it('is known again for the very same job alone', () => {
    expect(trainedBefore(job())).toBeUndefined();
    writeTrained(job(), result);
    expect(trainedBefore(job())).toEqual(result);
    expect(trainedBefore(job({ threads: 2 }))).toEqual(result);
    const others: Partial<TrainingJob>[] = [
      { seed: 2 },
      { layers: { input: [1, 9, 9], nodes: [], output: -1 } },
      { schedule: { ...job().schedule, epochs: 3 } },
      { normalisation: { mean: Float32Array.of(0.5), std: Float32Array.of(0.26) } },
    ];
    for (const changes of others) expect(trainedBefore(job(changes))).toBeUndefined();
  });

  it('is not where its record is damaged', () => {
    writeTrained(job(), result);
    const [name] = readdirSync(derived);
    writeFileSync(join(derived, name), '{"job":');
    expect(trainedBefore(job())).toBeUndefined();
  });

  it('is forgotten with all the others once they are reported', () => {
    const baseline = join(derived, 'baselines', 'one');
    mkdirSync(baseline, { recursive: true });
    writeTrained(job(), result);
    writeTrained(job({ folder: baseline }), result);
    writeFileSync(join(baseline, 'model.onnx'), '');
    forgetTrained(derived);
    expect(trainedBefore(job())).toBeUndefined();
    expect(readdirSync(baseline)).toEqual(['model.onnx']);
  });
});
