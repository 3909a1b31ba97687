import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { array, map } from '../../src/graph/types.ts';
import { createOrtRuntime } from '../../src/runtime/ort/ortRuntime.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import type { ChoiceCosts } from '../../src/search/expectedCost.ts';
import { createLatencyTerm } from '../../src/search/latencyLoss.ts';
import { architectureStep, type BlockPull, weightStep } from '../../src/search/steps.ts';
import { Supernet } from '../../src/search/supernet.ts';
import {
  basic,
  conv,
  defineSearchSpace,
  identity,
  imageFolder,
  maxPool,
  mbconv,
  type Operator,
  operator,
  type SearchSpace,
  zero,
} from '../../src/space/index.ts';
import { countingRuntime } from './countingRuntime.ts';
import { normals, shakeParameters, wholeGraph } from './parts.ts';
import { evaluate } from './reference.ts';

/**
 * Gradients by architecture parameters against the definition: the loss as a function of real-valued gates, every
 * block giving `sum_i g_i o_i (+ x)`, in double precision; its central differences at the drawn one-hot gates, put
 * through `dL/dalpha_i = sum_j dL/dg_j p_j (delta_ij - p_i)`.
 */

const BATCH = 16;

const definition = {
  name: 'tiny',
  dataset: imageFolder('images', { classes: 3 }),
  input: [1, 8, 8],
  head: {},
  objective: { latency: { targetMs: 5 } },
} as const;

function tinySpace(): SearchSpace {
  return defineSearchSpace({
    ...definition,
    stem: [conv({ kernel: 3, stride: 2, out: 4 })],
    stages: [
      {
        width: 4,
        depth: 1,
        candidates: [mbconv({ kernel: 3, expand: 3 }), mbconv({ kernel: 5, expand: 2 }), conv({ kernel: 3 }), zero()],
      },
      {
        width: 6,
        depth: 2,
        stride: 2,
        candidates: [mbconv({ kernel: 3, expand: 2 }), conv({ kernel: 1 }), zero()],
      },
    ],
  });
}

const costs: ChoiceCosts = {
  fixed: 1,
  choices: [
    [2, 3, 1, 0],
    [4, 1],
    [2, 0.5, 0],
  ],
};
const adam = { rate: 0.01, beta1: 0, beta2: 0.999, eps: 1e-8 };

/** Alphas far enough apart that a wrong probability shows. */
function tinySupernet(runtime: Runtime): Supernet {
  const supernet = new Supernet(runtime, tinySpace(), 1);
  for (const { parts } of supernet.blocks) for (const [i, part] of parts.entries()) if (part) shakeParameters(part, i);
  const alphas = [
    [0.3, -0.4, 0.1, 0.5],
    [0.6, -0.2],
    [-0.1, 0.4, 0.8],
  ];
  for (const [l, { architecture }] of supernet.choices.entries()) architecture.alpha.set(alphas[l]);
  return supernet;
}

function batchOf(seed: number) {
  const random = new Random(seed, 'batch');
  const images = normals(BATCH * 64, random);
  const targets = new Float32Array(BATCH * 3);
  for (let i = 0; i < BATCH; i++) targets[i * 3 + random.below(3)] = 1;
  return { images, targets };
}

/** Cross-entropy in double precision, as a function of the gates of every choice block. */
function lossByGates(
  supernet: Supernet,
  { images, targets }: ReturnType<typeof batchOf>,
  gates: readonly (readonly number[])[],
): number {
  let x: Float64Array = Float64Array.from(images);
  let choice = 0;
  for (const { block, parts, architecture } of supernet.blocks) {
    const g = architecture ? gates[choice++] : [1];
    const sum = new Float64Array(BATCH * block.output.reduce((a, b) => a * b));
    parts.forEach((part, i) => {
      if (!part || g[i] === 0) return;
      const { g: builder, outputs } = wholeGraph({ ...part.definition, residual: false }, BATCH);
      const parameters = Object.fromEntries(part.parameters.map(({ values }, k) => [`p${k}`, values]));
      const { y } = evaluate(builder.finish(outputs), { x, ...parameters });
      y.forEach((value, k) => {
        sum[k] += g[i] * value;
      });
    });
    if (block.residual)
      x.forEach((value, k) => {
        sum[k] += value;
      });
    x = sum;
  }
  const g = new GraphBuilder();
  const logits = g.input('logits', map(BATCH, 3, 1, 1));
  const loss = g.add('softmaxCrossEntropy', [logits, g.input('targets', array(BATCH, 3))], {});
  return evaluate(g.finish([{ name: 'loss', value: loss }]), { logits: x, targets }).loss[0];
}

let runtime: Runtime;
beforeAll(async () => {
  runtime = await createOrtRuntime({ threads: 1 });
});
afterAll(() => runtime.dispose());

describe.each(['full', 'two'] as const)('an architecture step in mode %s', gateMode => {
  it.each([
    ['and not where Zero is active', false],
    ['where Zero is active as well when asked for', true],
  ])('pulls the architecture parameters by the formula, %s', async (_, zeroGradient) => {
    const supernet = tinySupernet(runtime);
    const term = createLatencyTerm({ form: 'add#linear', lambda: 0.5 }, 5);
    const zeroOf = [3, undefined, 2];
    let skipped = 0;
    let zeroActive = 0;
    let seenPairWithZero = false;
    for (let seed = 0; seed < 6; seed++) {
      const batch = batchOf(seed);
      const before = supernet.probabilities();
      const alphas = supernet.choices.map(({ architecture }) => architecture.alpha.slice());
      const packed = { images: runtime.pack(batch.images, [BATCH, 1, 8, 8]), targets: batch.targets, size: BATCH };
      const step = await architectureStep(supernet, packed, new Random(seed), {
        gateMode,
        zeroGradient,
        terms: { latency: { costs, term }, budgets: [] },
        adam,
      });

      const active = step.pulls.map((pull, l) => (pull ? pull.indices[pull.active] : (zeroOf[l] as number)));
      const oneHot = active.map((index, l): number[] => Array.from(before[l], (_, i) => (i === index ? 1 : 0)));
      expect(step.crossEntropy).toBeCloseTo(lossByGates(supernet, batch, oneHot), 4);

      for (const [l, pull] of step.pulls.entries()) {
        if (active[l] === zeroOf[l]) zeroActive++;
        if (!pull) {
          skipped++;
          expect(supernet.choices[l].architecture.alpha).toEqual(alphas[l]);
          continue;
        }
        const { indices } = pull;
        expect(indices).toHaveLength(gateMode === 'two' ? 2 : before[l].length);
        seenPairWithZero ||= indices.some(i => i === zeroOf[l]);
        const h = 1e-5;
        const byGate = indices.map(i => {
          const at = (by: number) => lossByGates(supernet, batch, oneHot.with(l, oneHot[l].with(i, oneHot[l][i] + by)));
          return (at(h) - at(-h)) / (2 * h);
        });
        expectPull(pull, 'accuracy', before[l], byGate);
        // d loss / d E = lambda / target = 0.1
        expectPull(
          pull,
          'latency',
          before[l],
          indices.map(i => 0.1 * costs.choices[l][i]),
        );
      }
    }
    expect(zeroActive).toBeGreaterThan(0);
    expect(skipped).toBe(zeroGradient ? 0 : zeroActive);
    expect(seenPairWithZero).toBe(true);
  });

  it('leaves weights and running statistics as they are', async () => {
    const supernet = tinySupernet(runtime);
    const state = () =>
      supernet.blocks.flatMap(({ parts }) =>
        parts.flatMap(part => (part ? [...part.parameters.map(p => p.values), ...part.running.map(r => r.mean)] : [])),
      );
    const before = state().map(values => values.slice());
    const { images, targets } = batchOf(1);
    const packed = { images: runtime.pack(images, [BATCH, 1, 8, 8]), targets, size: BATCH };
    const term = createLatencyTerm({ form: 'constraint' }, 5);
    await architectureStep(supernet, packed, new Random(1), {
      gateMode,
      zeroGradient: false,
      terms: { latency: { costs, term }, budgets: [] },
      adam,
    });
    expect(state()).toEqual(before);
  });
});

/** `sum_j dL/dg_j p_j (delta_ij - p_i)`, the probabilities renormalised over the candidates that took part. */
function expectPull(
  pull: BlockPull,
  kind: 'accuracy' | 'latency',
  probabilities: Float64Array,
  byGate: readonly number[],
): void {
  const total = pull.indices.reduce((sum, i) => sum + probabilities[i], 0);
  const p = pull.indices.map(i => probabilities[i] / total);
  const scale = Math.max(...byGate.map(Math.abs), 1e-3);
  p.forEach((_, i) => {
    const expected = byGate.reduce((sum, gradient, j) => sum + gradient * p[j] * ((i === j ? 1 : 0) - p[i]), 0);
    expect(Math.abs(pull[kind][i] - expected) / scale, `${kind}, candidate ${pull.indices[i]}`).toBeLessThan(1e-4);
  });
}

describe('a weight step', () => {
  it('compiles what its path needs and nothing for the other candidates', async () => {
    const counting = countingRuntime(runtime);
    const supernet = tinySupernet(counting);
    const { images, targets } = batchOf(1);
    const packed = { images: runtime.pack(images, [BATCH, 1, 8, 8]), targets, size: BATCH };
    const options = { rate: 0.01, momentum: 0.9, weightDecay: 0 };
    const graphsAfter = async (choices: number[]) => {
      await weightStep(supernet, choices, packed, new Random(1), options);
      return counting.compiled.size;
    };
    expect(counting.compiled.size).toBe(0);
    // Stem and three blocks, forward and backward each, and the head's loss.
    expect(await graphsAfter([0, 0, 0])).toBe(9);
    expect(await graphsAfter([0, 0, 0])).toBe(9);
    expect(await graphsAfter([1, 0, 0])).toBe(11);
    // Zero runs nothing.
    expect(await graphsAfter([3, 0, 2])).toBe(11);
  });

  it('changes the weights, momentum and statistics of its path alone', async () => {
    const supernet = tinySupernet(runtime);
    const { images, targets } = batchOf(1);
    const packed = { images: runtime.pack(images, [BATCH, 1, 8, 8]), targets, size: BATCH };
    const all = supernet.blocks.flatMap(({ parts }) => parts.filter(part => part !== undefined));
    const before = all.map(part => part.parameters.map(({ values }) => values.slice()));
    const path = supernet.path([1, 0, 2]).map(({ part }) => part);
    await weightStep(supernet, [1, 0, 2], packed, new Random(1), { rate: 0.01, momentum: 0.9, weightDecay: 0 });
    all.forEach((part, i) => {
      const onPath = path.includes(part);
      part.parameters.forEach((parameter, k) => {
        expect(parameter.momentum !== undefined).toBe(onPath);
        if (!onPath) expect(parameter.values).toEqual(before[i][k]);
      });
      if (onPath) expect(part.parameters[0].values).not.toEqual(before[i][0]);
      for (const { mean } of part.running) expect(mean.some(value => value !== 0)).toBe(onPath);
    });
  });
});

describe('a path that starts with a part without parameters', () => {
  it('trains: pooling as the stem, identity as the first choice', async () => {
    const pool = operator('pool', ({ input, stride }) => maxPool(input, { kernel: 3, stride }), { out: 1, stride: 2 });
    const space = (stem: Operator[]) =>
      defineSearchSpace({
        ...definition,
        stem,
        stages: [{ width: 1, depth: 1, candidates: [basic({ kernel: 3 }), identity()] }],
      });
    const { images, targets } = batchOf(1);
    const packed = { images: runtime.pack(images, [BATCH, 1, 8, 8]), targets, size: BATCH };
    for (const stem of [[pool], []]) {
      const supernet = new Supernet(runtime, space(stem), 1);
      const head = supernet.path([1]).at(-1)!.part.parameters[0].values;
      const before = head.slice();
      await weightStep(supernet, [1], packed, new Random(1), { rate: 0.01, momentum: 0.9, weightDecay: 0 });
      expect(head).not.toEqual(before);
    }
  });
});
