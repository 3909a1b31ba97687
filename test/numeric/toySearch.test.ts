import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { propose } from '../../src/engine/search/proposals.ts';
import { createOrtRuntime } from '../../src/runtime/ort/ortRuntime.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { weightStep } from '../../src/search/steps.ts';
import { Supernet } from '../../src/search/supernet.ts';
import { budgetsOf, countedCost } from '../../src/space/budgets.ts';
import { costRange } from '../../src/space/cost.ts';
import { evaluateChain } from '../../src/training/chain.ts';
import {
  budgetedToySpace,
  searchToy,
  searchWithBudget,
  TOY_BATCH,
  type ToyResult,
  toyBatch,
  toyCandidates,
  toySgd,
  toySpace,
} from './toyProblem.ts';

let runtime: Runtime;
beforeAll(async () => {
  runtime = await createOrtRuntime({ threads: 1 });
});
afterAll(() => runtime.dispose());

describe('the toy problem', () => {
  /** Logits `[2, N]` of fresh images after training one path, and whether each is right. */
  async function train(choice: number) {
    const supernet = new Supernet(runtime, toySpace(), 1);
    const [data, random] = [new Random(1, 'data'), new Random(1)];
    for (let step = 0; step < 100; step++)
      await weightStep(supernet, [choice], toyBatch(runtime, data), random, toySgd);
    const { images, targets } = toyBatch(runtime, data);
    const parts = supernet.path([choice]).map(({ part }) => part);
    const logits = await evaluateChain(parts, images, TOY_BATCH, 'batch');
    const margins = Array.from({ length: TOY_BATCH }, (_, i) => logits[i] - logits[TOY_BATCH + i]);
    return { margins, right: margins.map((margin, i) => margin > 0 === (targets[2 * i] === 1)) };
  }

  it('cannot be told apart by 3x3 windows: all images get the same logits', async () => {
    const { margins } = await train(0);
    expect(Math.max(...margins) - Math.min(...margins)).toBeLessThan(1e-3);
  });

  it('is solved by 5x5 windows', async () => {
    const { right } = await train(1);
    expect(right).not.toContain(false);
  });
});

const SEEDS = [1, 2, 3];
/** No latency, some, and so much that nothing else counts. */
const LAMBDAS = [0, 0.05, 1000];

describe.each(['full', 'two'] as const)('a search in mode %s', gateMode => {
  /** By lambda, then seed. */
  let results: ToyResult[][];
  beforeAll(async () => {
    results = [];
    for (const lambda of LAMBDAS) {
      const row: ToyResult[] = [];
      for (const seed of SEEDS) row.push(await searchToy(runtime, { seed, gateMode, lambda }));
      results.push(row);
    }
  });

  it('picks the only informative operator when accuracy alone counts, however dear', () => {
    expect(results[0].map(({ chosen }) => chosen)).toEqual(SEEDS.map(() => 'conv 5x5'));
  });

  it('picks the cheapest operator when latency alone counts', () => {
    expect(results[2].map(({ chosen }) => chosen)).toEqual(SEEDS.map(() => 'zero'));
  });

  it('expects a lower latency the more it counts', () => {
    const [none, some, much] = results.map(row => row.reduce((sum, { expectedMs }) => sum + expectedMs, 0));
    expect(some).toBeLessThan(none);
    expect(much).toBeLessThan(some);
  });

  it('gives the same architecture parameters to the bit for the same seed, others for another', async () => {
    const again = await searchToy(runtime, { seed: SEEDS[1], gateMode, lambda: LAMBDAS[1] });
    expect([...again.alpha]).toEqual([...results[1][1].alpha]);
    expect([...again.alpha]).not.toEqual([...results[1][0].alpha]);
  });
});

describe.each(['full', 'two'] as const)(
  'a search of two blocks with a budget of multiply-adds in mode %s',
  gateMode => {
    /** Of the convolutions over 8x8 places with 4 channels, and of stem and head. */
    const [small, large, besides] = [64 * 4 * 4 * 9, 64 * 4 * 4 * 25, 64 * 4 + 8];
    const budgets = { tight: 1.1 * (large + besides), loose: 3 * large, none: 0.5 * small + besides };
    let results: Record<keyof typeof budgets, Found[]>;
    beforeAll(async () => {
      results = { tight: [], loose: [], none: [] };
      for (const name of ['tight', 'loose', 'none'] as const) {
        for (const seed of [1, 2]) results[name].push(await searchWithin(budgets[name], seed));
      }
    }, 300_000);

    interface Found {
      chosen: string[];
      /** Multiply-adds. */
      expected: number;
      /** Of the blocks with a choice, the most probable first. */
      proposals: string[][];
    }

    async function searchWithin(macs: number, seed: number): Promise<Found> {
      const space = budgetedToySpace(macs);
      const { chosen, expected, alphas } = await searchWithBudget(runtime, space, { seed, gateMode });
      const proposals = propose(space, { budgets: budgetsOf(space) }, alphas, seed);
      const named = proposals.map(choices => [choices[1], choices[2]].map(choice => toyCandidates[choice]));
      return { chosen, expected, proposals: named };
    }

    it('knows what its networks take', () => {
      const range = costRange(countedCost(budgetedToySpace(1e6), 'macs'));
      expect(range).toEqual({ min: besides, max: 2 * large + besides });
    });

    it('proposes one informative operator first where one fits, and expects less than where both do', () => {
      for (const [i, { expected, proposals }] of results.tight.entries()) {
        expect([...proposals[0]].sort()).toEqual(['conv 5x5', 'zero']);
        expect(proposals).not.toContainEqual(['conv 5x5', 'conv 5x5']);
        expect(expected).toBeLessThan(0.85 * results.loose[i].expected);
      }
    });

    it('is not led by a budget that everything fits into: both blocks get the informative operator', () => {
      for (const { chosen, expected } of results.loose) {
        expect(chosen).toEqual(['conv 5x5', 'conv 5x5']);
        expect(expected).toBeGreaterThan(1.4 * large);
      }
    });

    it('goes down to nothing where neither of the operators fits', () => {
      for (const { chosen, proposals } of results.none) {
        expect(chosen).toEqual(['zero', 'zero']);
        expect(proposals).toEqual([['zero', 'zero']]);
      }
    });
  },
);
