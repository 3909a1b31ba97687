import {
  conv,
  defineSearchSpace,
  imageFolder,
  mbconv,
  type Operator,
  type SearchSpace,
  type StageDefinition,
  zero,
} from '../../../../src/space/index.ts';

export const small = [mbconv({ kernel: 3, expand: 3 }), mbconv({ kernel: 5, expand: 3 })];
export const wide: Operator = mbconv({ kernel: 3, expand: 6 });
export const withZero: Operator[] = [...small, zero()];

export const stages: StageDefinition[] = [
  { width: 8, depth: 2, candidates: withZero },
  { width: 16, depth: 2, stride: 2, candidates: small },
];

/** A stem, the given stages, a head. */
export function spaceOf(
  changed: StageDefinition[] = stages,
  { sharedWeights = false, targetMs = 1 }: { sharedWeights?: boolean; targetMs?: number } = {},
): SearchSpace {
  return defineSearchSpace({
    name: 'inherit',
    dataset: imageFolder('images', { classes: 3 }),
    input: [1, 8, 8],
    stem: [conv({ kernel: 3, out: 8 })],
    stages: changed,
    head: { width: 32 },
    objective: { latency: { targetMs } },
    schedule: { sharedWeights, warmupEpochs: 10 },
  });
}
