import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { createOrtRuntime } from '../../../src/runtime/ort/ortRuntime.ts';
import type { Runtime } from '../../../src/runtime/runtime.ts';
import { createLatencyTerm } from '../../../src/search/latencyLoss.ts';
import { architectureStep } from '../../../src/search/steps.ts';
import { Supernet } from '../../../src/search/supernet.ts';
import { tinySpace } from '../engine/tinySpace.ts';

let runtime: Runtime;
beforeAll(async () => {
  runtime = await createOrtRuntime({ threads: 1 });
});
afterAll(() => runtime.dispose());

const BATCH = 16;

function restricted() {
  const supernet = new Supernet(runtime, tinySpace(), 1);
  // Three candidates of which one is banned; two of which one is locked; free.
  supernet.restrictions = { locked: [null, 1, null], banned: [[0], [], []] };
  return supernet;
}

async function steps(supernet: Supernet, gateMode: 'two' | 'full', count: number) {
  const random = new Random(1);
  const images = runtime.pack(
    Float32Array.from({ length: BATCH * 64 }, () => random.normal()),
    [BATCH, 1, 8, 8],
  );
  const targets = new Float32Array(BATCH * 3);
  for (let i = 0; i < BATCH; i++) targets[i * 3 + random.below(3)] = 1;
  const results = [];
  for (let i = 0; i < count; i++)
    results.push(
      await architectureStep(supernet, { images, targets, size: BATCH }, random, {
        gateMode,
        zeroGradient: true,
        terms: {
          latency: {
            costs: {
              fixed: 1,
              choices: supernet.choices.map(({ parts }) => parts.map((_, k) => k + 1)),
            },
            term: createLatencyTerm({ form: 'add#linear', lambda: 1 }, 1),
          },
          budgets: [],
        },
        adam: { rate: 0.01, beta1: 0, beta2: 0.999, eps: 1e-8 },
      }),
    );
  return results;
}

describe('a supernet that a person restricts', () => {
  it('shares the probability among the candidates that are left, in their old proportion', () => {
    const supernet = restricted();
    const [first, second, third] = supernet.probabilities();
    const free = new Supernet(runtime, tinySpace(), 1).probabilities();
    expect(first[0]).toBe(0);
    expect(first[1] / first[2]).toBeCloseTo(free[0][1] / free[0][2], 12);
    expect(first[1] + first[2]).toBeCloseTo(1, 12);
    expect([...second]).toEqual([0, 1]);
    expect(third).toEqual(free[2]);
  });

  it('draws no other paths in the warm-up, and has no other best network', () => {
    const supernet = restricted();
    supernet.choices[0].architecture.alpha[0] = 100;
    supernet.choices[1].architecture.alpha[0] = 100;
    expect(supernet.argmax()[0]).not.toBe(0);
    expect(supernet.argmax()[1]).toBe(1);
    const random = new Random(2);
    const paths = Array.from({ length: 50 }, () => supernet.sample(supernet.uniform(), random));
    expect(new Set(paths.map(path => path[0]))).toEqual(new Set([1, 2]));
    expect(new Set(paths.map(path => path[1]))).toEqual(new Set([1]));
  });

  it.each(['two', 'full'] as const)('has no gradient for forbidden candidates in mode %s', async gateMode => {
    const supernet = restricted();
    const before = supernet.architectureState.alphas;
    const results = await steps(supernet, gateMode, 6);
    const after = supernet.architectureState.alphas;
    for (const { pulls } of results) {
      expect([...(pulls[0]?.indices ?? [])].sort()).toEqual([1, 2]);
      expect(pulls[1]).toBeUndefined();
    }
    expect(after[0][0]).toBe(before[0][0]);
    expect(after[0][1]).not.toBe(before[0][1]);
    expect(after[1]).toEqual(before[1]);
    expect(after[2]).not.toEqual(before[2]);
  });

  it('expects the latency of what is left', async () => {
    const supernet = restricted();
    supernet.restrictions = { locked: [2, 1, 0], banned: [[], [], []] };
    const [{ expected }] = await steps(supernet, 'two', 1);
    expect(expected.ms).toBe(1 + 3 + 2 + 1);
  });
});
