import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { createOrtRuntime } from '../../src/runtime/ort/ortRuntime.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { weightStep } from '../../src/search/steps.ts';
import { Supernet } from '../../src/search/supernet.ts';
import { evaluateChain } from '../../src/training/chain.ts';
import { searchToy, TOY_BATCH, type ToyResult, toyBatch, toySgd, toySpace } from './toyProblem.ts';

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
