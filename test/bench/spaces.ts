import { macs } from '../../src/space/analysis.ts';
import { conv, defineSearchSpace, imageFolder, mbconv, type SearchSpace, stage, zero } from '../../src/space/index.ts';

/** Spaces of the step benchmark: the same candidates everywhere, three sizes of input. */
const candidates = [3, 5, 7].flatMap(kernel => [3, 6].map(expand => mbconv({ kernel, expand })));

interface BenchSpace {
  batch: number;
  space: SearchSpace;
}

function benchSpace(
  name: string,
  batch: number,
  input: [number, number, number],
  classes: number,
  stem: Parameters<typeof defineSearchSpace>[0]['stem'],
  stages: { width: number; depth: number; stride: number }[],
  head: number,
): BenchSpace {
  const space = defineSearchSpace({
    name,
    // Random numbers are trained on; the data set only says how many classes there are.
    dataset: imageFolder('images', { classes }),
    input,
    stem,
    stages: stages.map(shape => stage({ ...shape, candidates: [...candidates, zero()] })),
    head: { width: head },
    objective: { latency: { targetMs: 10 } },
  });
  return { batch, space };
}

export const benchSpaces = {
  fashion28: () =>
    benchSpace(
      'fashion28',
      128,
      [1, 28, 28],
      10,
      [conv({ kernel: 3, out: 16 })],
      [
        { width: 24, depth: 2, stride: 1 },
        { width: 40, depth: 3, stride: 2 },
        { width: 80, depth: 3, stride: 2 },
      ],
      320,
    ),
  cifar32: () =>
    benchSpace(
      'cifar32',
      64,
      [3, 32, 32],
      10,
      [conv({ kernel: 3, out: 32 })],
      [
        { width: 24, depth: 3, stride: 1 },
        { width: 40, depth: 4, stride: 2 },
        { width: 80, depth: 4, stride: 2 },
        { width: 96, depth: 4, stride: 1 },
      ],
      320,
    ),
  imagenet224: () =>
    benchSpace(
      'imagenet224',
      8,
      [3, 224, 224],
      1000,
      [conv({ kernel: 3, stride: 2, out: 32 }), mbconv({ kernel: 3, expand: 1, out: 16 })],
      [
        { width: 24, depth: 4, stride: 2 },
        { width: 40, depth: 4, stride: 2 },
        { width: 80, depth: 4, stride: 2 },
        { width: 96, depth: 4, stride: 1 },
        { width: 192, depth: 4, stride: 2 },
        { width: 320, depth: 1, stride: 1 },
      ],
      1280,
    ),
};

export type BenchSpaceName = keyof typeof benchSpaces;

/** The space with the candidate of most multiply-adds alone in every block: the largest single path. */
export function largestPath(space: SearchSpace): SearchSpace {
  const blocks = space.blocks.map(block => {
    const largest = block.candidates.reduce((best, next) => (macs(next.layers) > macs(best.layers) ? next : best));
    return { ...block, candidates: [largest] };
  });
  return { ...space, blocks };
}
