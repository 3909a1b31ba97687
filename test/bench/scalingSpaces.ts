import { conv, defineSearchSpace, imageFolder, mbconv, type SearchSpace, stage } from '../../src/space/index.ts';

/** What the scaling benchmark varies, one at a time. */
export interface Scaling {
  batch: number;
  width: number;
  depth: number;
  candidates: number;
}

const usual: Scaling = { batch: 32, width: 16, depth: 2, candidates: 2 };
const factors = [1, 2, 4];

/** By the name that a step process is started with, such as `batch=64`. */
export const scalings: ReadonlyMap<string, Scaling> = new Map(
  (Object.keys(usual) as (keyof Scaling)[]).flatMap(what =>
    factors.map(factor => [`${what}=${usual[what] * factor}`, { ...usual, [what]: usual[what] * factor }] as const),
  ),
);

/**
 * A space in which every path costs the same: the candidates of a block are one and the same operator, each with weights of
 * its own. What a step costs then depends on nothing that is drawn.
 */
export function scalingSpace({ width, depth, candidates }: Scaling): SearchSpace {
  const space = defineSearchSpace({
    name: 'scaling',
    dataset: imageFolder('images', { classes: 10 }),
    input: [3, 32, 32],
    stem: [conv({ kernel: 3, stride: 2, out: width })],
    stages: [stage({ width, depth, stride: 1, candidates: [mbconv({ kernel: 3, expand: 6 })] })],
    head: { width: 64 },
    objective: { latency: { targetMs: 10 } },
  });
  const searched = space.blocks.filter(({ name }) => name.startsWith('stage'));
  const blocks = space.blocks.map(block =>
    searched.includes(block) ? { ...block, candidates: new Array(candidates).fill(block.candidates[0]) } : block,
  );
  return { ...space, blocks };
}
