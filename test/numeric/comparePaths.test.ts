import { afterAll, beforeAll, expect, it } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { MemoryImageSet } from '../../src/data/imageSet.ts';
import { createOrtRuntime } from '../../src/runtime/ort/ortRuntime.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { comparePaths } from '../../src/search/comparePaths.ts';
import { Supernet } from '../../src/search/supernet.ts';
import { conv, defineSearchSpace, imageFolder, mbconv, zero } from '../../src/space/index.ts';
import { evaluateNetwork, type TrainingData } from '../../src/training/train.ts';
import { countingRuntime } from './countingRuntime.ts';

let runtime: Runtime;
beforeAll(async () => {
  runtime = await createOrtRuntime({ threads: 1 });
});
afterAll(() => runtime.dispose());

const space = defineSearchSpace({
  name: 'tiny',
  dataset: imageFolder('images', { classes: 3 }),
  input: [1, 8, 8],
  stem: [conv({ kernel: 3, out: 8 })],
  stages: [
    { width: 8, depth: 3, candidates: [mbconv({ kernel: 3, expand: 3 }), mbconv({ kernel: 3, expand: 2 }), zero()] },
  ],
  head: { width: 16 },
  objective: { latency: { targetMs: 1 } },
});

/** 40 images: a batch of 32 and one of 8. */
function images(): TrainingData {
  const random = new Random(1, 'images');
  const pixels = Float32Array.from({ length: 40 * 64 }, () => random.normal());
  const labels = Int32Array.from({ length: 40 }, (_, i) => i % 3);
  const set = new MemoryImageSet([1, 8, 8], pixels, labels);
  const normalisation = { mean: Float32Array.of(0), std: Float32Array.of(1) };
  return { set, indices: Int32Array.from({ length: 40 }, (_, i) => i), normalisation, augment: {}, classes: 3 };
}

const paths = [
  [0, 1, 2],
  [2, 2, 2],
  [0, 1, 1],
  [1, 0, 0],
  [0, 2, 1],
  [0, 1, 2],
];

it('gives each path the cross-entropy that it has alone, and runs a common beginning once for each batch', async () => {
  const counting = countingRuntime(runtime);
  const supernet = new Supernet(counting, space, 1);
  const data = images();
  const shares: number[] = [];
  const breathe = async (share: number) => void shares.push(share);
  const before = counting.runs;
  const losses = await comparePaths(counting, supernet, paths, data, { batch: 32, breathe });
  const runs = counting.runs - before;
  for (const [i, path] of paths.entries()) {
    const parts = supernet.path(path).map(({ part }) => part);
    const { crossEntropy } = await evaluateNetwork(runtime, parts, data, 32, 'batch');
    expect(losses[i]).toBeCloseTo(crossEntropy, 6);
  }
  expect(new Set(losses).size).toBe(5);
  expect(shares.at(-1)).toBe(1);
  // Of a batch: stem; 0 1 and its head, 0 1 1 and its head, 0 . 1 and its head; 1 0 0 and its head; the head alone.
  expect(runs).toBe(2 * (1 + 3 + 2 + 2 + 4 + 1));
});
