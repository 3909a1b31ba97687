import { Random } from '../../src/base/random.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { createBudgetTerm } from '../../src/search/budgetTerm.ts';
import type { CostTerms } from '../../src/search/costTerms.ts';
import { type ChoiceCosts, choiceCosts, expectedCost } from '../../src/search/expectedCost.ts';
import { createLatencyTerm } from '../../src/search/latencyLoss.ts';
import { architectureStep, weightStep } from '../../src/search/steps.ts';
import { Supernet } from '../../src/search/supernet.ts';
import { budgetsOf } from '../../src/space/budgets.ts';
import {
  conv,
  defineSearchSpace,
  imageFolder,
  type ObjectiveDefinition,
  type SearchSpace,
  zero,
} from '../../src/space/index.ts';

/**
 * A search whose best answer is known beforehand.
 *
 * Images of 8x8 hold two bright pixels three apart, side by side (class 0) or one above the other (class 1), at least
 * two pixels from the edge. Any window of 3x3 sees at most one of them, so that what 3x3 convolutions find, averaged over
 * the map, is the same for both classes: their cross-entropy cannot fall below ln 2. A 5x5 window sees both.
 */

/** Candidates of the one choice block, in order; the shortcut around it makes Zero possible. */
export const toyCandidates = ['conv 3x3', 'conv 5x5', 'zero'] as const;

/** The informative operator is the dearest, Zero is free. */
const costs: ChoiceCosts = { fixed: 0, choices: [[1, 3, 0]] };

export const TOY_BATCH = 16;
const WARM_UP = 150;
const STEPS = 60;
export const toySgd = { rate: 0.05, momentum: 0.9, weightDecay: 0 };

export function toySpace(objective: ObjectiveDefinition = { latency: { targetMs: 1 } }, depth = 1): SearchSpace {
  return defineSearchSpace({
    name: 'toy',
    dataset: imageFolder('images', { classes: 2 }),
    input: [1, 8, 8],
    // Sees single pixels only.
    stem: [conv({ kernel: 1, out: 4 })],
    stages: [{ width: 4, depth, candidates: [conv({ kernel: 3 }), conv({ kernel: 5 }), zero()] }],
    head: {},
    objective,
  });
}

export function toyBatch(runtime: Runtime, random: Random) {
  const images = new Float32Array(TOY_BATCH * 64);
  const targets = new Float32Array(TOY_BATCH * 2);
  for (let i = 0; i < TOY_BATCH; i++) {
    const label = random.below(2);
    targets[2 * i + label] = 1;
    const across = 2 + random.below(4);
    for (const along of [2, 5]) {
      const [row, column] = label === 0 ? [across, along] : [along, across];
      images[64 * i + 8 * row + column] = 4;
    }
  }
  return { images: runtime.pack(images, [TOY_BATCH, 1, 8, 8]), targets, size: TOY_BATCH };
}

export interface ToyOptions {
  seed: number;
  gateMode: 'two' | 'full';
  /** Weight of the latency in the loss, for a target of 1 ms. */
  lambda: number;
}

export interface ToyResult {
  alpha: Float64Array;
  chosen: (typeof toyCandidates)[number];
  expectedMs: number;
}

/** With the latency in its loss. */
export async function searchToy(runtime: Runtime, { seed, gateMode, lambda }: ToyOptions): Promise<ToyResult> {
  const term = createLatencyTerm({ form: 'add#linear', lambda }, 1);
  const supernet = await searched(runtime, toySpace(), { latency: { costs, term }, budgets: [] }, { seed, gateMode });
  return {
    alpha: supernet.choices[0].architecture.alpha,
    chosen: toyCandidates[supernet.argmax()[0]],
    expectedMs: expectedCost(costs, supernet.probabilities()),
  };
}

/** The same problem with two choice blocks, one informative operator being enough, and a budget of multiply-adds. */
export function budgetedToySpace(macs: number): SearchSpace {
  return toySpace({ budget: { macs } }, 2);
}

/** With the space's budgets in its loss: what is chosen, and by how many multiply-adds on average. */
export async function searchWithBudget(
  runtime: Runtime,
  space: SearchSpace,
  options: Pick<ToyOptions, 'seed' | 'gateMode'>,
) {
  const budgets = budgetsOf(space).map(({ cost, most }) => ({
    costs: choiceCosts(cost),
    term: createBudgetTerm(most),
  }));
  const supernet = await searched(runtime, space, { budgets }, options);
  return {
    chosen: supernet.argmax().map(choice => toyCandidates[choice]),
    expected: expectedCost(budgets[0].costs, supernet.probabilities()),
    alphas: supernet.choices.map(({ architecture }) => [...architecture.alpha]),
  };
}

/** A supernet after weight steps on uniform paths, then weight and architecture steps in turn. */
async function searched(
  runtime: Runtime,
  space: SearchSpace,
  terms: CostTerms,
  { seed, gateMode }: Pick<ToyOptions, 'seed' | 'gateMode'>,
): Promise<Supernet> {
  const supernet = new Supernet(runtime, space, seed);
  const training = new Random(seed, 'training');
  const validation = new Random(seed, 'validation');
  const random = new Random(seed, 'paths');
  const uniform = supernet.probabilities().map(p => p.fill(1));
  for (let step = 0; step < WARM_UP; step++)
    await weightStep(supernet, supernet.sample(uniform, random), toyBatch(runtime, training), random, toySgd);
  const adam = { rate: 0.05, beta1: 0, beta2: 0.999, eps: 1e-8 };
  for (let step = 0; step < STEPS; step++) {
    const path = supernet.sample(supernet.probabilities(), random);
    await weightStep(supernet, path, toyBatch(runtime, training), random, toySgd);
    await architectureStep(supernet, toyBatch(runtime, validation), random, {
      gateMode,
      zeroGradient: false,
      terms,
      adam,
    });
  }
  return supernet;
}
