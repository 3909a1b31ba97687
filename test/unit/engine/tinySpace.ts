import { conv, defineSearchSpace, imageFolder, mbconv, type SearchSpace, zero } from '../../../src/space/index.ts';

/** Five blocks: a stem, three with a choice (two of which may be Zero), a head. */
export function tinySpace(
  schedule: { sharedWeights?: boolean; finalists?: { networks: number; epochs: number } } = {},
): SearchSpace {
  const candidates = [mbconv({ kernel: 3, expand: 3 }), mbconv({ kernel: 5, expand: 6 })];
  return defineSearchSpace({
    name: 'tiny',
    dataset: imageFolder('images', { classes: 3 }),
    input: [1, 8, 8],
    stem: [conv({ kernel: 3, stride: 2, out: 8 })],
    stages: [
      { width: 8, depth: 1, candidates: [...candidates, zero()] },
      { width: 16, depth: 2, stride: 2, candidates: [...candidates, zero()] },
    ],
    head: { width: 32 },
    objective: { latency: { targetMs: 1 } },
    schedule,
  });
}
