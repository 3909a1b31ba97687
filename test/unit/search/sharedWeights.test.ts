import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { createOrtRuntime } from '../../../src/runtime/ort/ortRuntime.ts';
import type { Runtime } from '../../../src/runtime/runtime.ts';
import { weightStep } from '../../../src/search/steps.ts';
import { Supernet } from '../../../src/search/supernet.ts';
import { conv, defineSearchSpace, imageFolder, mbconv, sepconv } from '../../../src/space/index.ts';
import type { Parameter } from '../../../src/training/parameters.ts';
import { tinySpace } from '../engine/tinySpace.ts';
import { contents } from './supernetContents.ts';

let runtime: Runtime;
beforeAll(async () => {
  runtime = await createOrtRuntime({ threads: 1 });
});
afterAll(() => runtime.dispose());

const BATCH = 16;
const options = { rate: 0.05, momentum: 0.9, weightDecay: 0 };

async function step(supernet: Supernet, choices: number[], seed = 1) {
  const random = new Random(seed, 'batch');
  const images = Float32Array.from({ length: BATCH * 64 }, () => random.normal());
  const targets = new Float32Array(BATCH * 3);
  for (let i = 0; i < BATCH; i++) targets[i * 3 + random.below(3)] = 1;
  const packed = { images: runtime.pack(images, [BATCH, 1, 8, 8]), targets, size: BATCH };
  await weightStep(supernet, choices, packed, random, options);
}

/** Convolution weights of a candidate of the first choice block as they are now: expand, depthwise, project. */
function convolutions(supernet: Supernet, candidate: number): Parameter[] {
  return supernet.ready(1, candidate)!.parameters.filter(({ dims }) => dims.length === 4);
}

/** The numbers of a tensor at the places that a smaller one takes: first channels, centre of the kernel; or those at all others. */
function places(values: Float32Array, dims: readonly number[], small: readonly number[], inside: boolean): number[] {
  const [, input, kernel] = dims;
  const border = (kernel - small[2]) / 2;
  return [...values].filter((_, at) => {
    const [o, i] = [Math.floor(at / (input * kernel * kernel)), Math.floor(at / (kernel * kernel)) % input];
    const [y, x] = [Math.floor(at / kernel) % kernel, at % kernel];
    const central = [y, x].every(place => place >= border && place < kernel - border);
    return (o < small[0] && i < small[1] && central) === inside;
  });
}

const shared = (seed = 1) => new Supernet(runtime, tinySpace({ sharedWeights: true }), seed);
// Candidate 0 is a 3x3 of expansion 3, candidate 1 a 5x5 of expansion 6, on 8 channels.
const SMALL = 0;
const LARGE = 1;

describe('candidates with shared weights', () => {
  it('are slices of one another: the first channels, the centre of the kernel', async () => {
    const supernet = shared();
    for (const choices of [
      [LARGE, 0, 0],
      [SMALL, 0, 0],
    ])
      await step(supernet, choices);
    const large = convolutions(supernet, LARGE);
    const small = convolutions(supernet, SMALL);
    expect(small.map(({ dims }) => dims.join('x'))).toEqual(['24x8x1x1', '24x1x3x3', '8x24x1x1']);
    expect(large.map(({ dims }) => dims.join('x'))).toEqual(['48x8x1x1', '48x1x5x5', '8x48x1x1']);
    small.forEach(({ values, dims, momentum }, k) => {
      expect([...values]).toEqual(places(large[k].values, large[k].dims, dims, true));
      expect([...momentum!]).toEqual(places(large[k].momentum!, large[k].dims, dims, true));
      expect(values.every(Number.isFinite)).toBe(true);
    });
  });

  it('see the steps of each other where they overlap, momentum too, and nowhere else', async () => {
    const supernet = shared();
    await step(supernet, [LARGE, 0, 0]);
    const copy = () =>
      convolutions(supernet, LARGE).map(({ values, momentum }) => ({
        values: values.slice(),
        momentum: momentum!.slice(),
      }));
    const before = copy();
    await step(supernet, [SMALL, 0, 0], 2);
    const after = copy();
    convolutions(supernet, SMALL).forEach(({ dims }, k) => {
      const { dims: large } = convolutions(supernet, LARGE)[k];
      for (const kind of ['values', 'momentum'] as const) {
        const [old, now] = [before[k][kind], after[k][kind]];
        expect(places(now, large, dims, false)).toEqual(places(old, large, dims, false));
        const inside = places(old, large, dims, true);
        const changed = places(now, large, dims, true).filter((value, i) => value !== inside[i]);
        // ReLU6 may leave single weights without a gradient.
        expect(changed.length).toBeGreaterThan(0.5 * inside.length);
      }
    });
  });

  it('keep batch norms of their own', async () => {
    const supernet = shared();
    const norms = () => supernet.ready(1, LARGE)!.parameters.filter(({ dims }) => dims.length === 1);
    const before = norms().map(({ values }) => values.slice());
    const means = () => supernet.blocks[1].parts.map(part => part?.running[0].mean.some(value => value !== 0));
    await step(supernet, [SMALL, 0, 0]);
    expect(norms().map(({ values }) => values)).toEqual(before);
    expect(means()).toEqual([true, false, undefined]);
  });

  it('have weights of their own where the schedule does not ask for shared ones', async () => {
    const supernet = new Supernet(runtime, tinySpace({ sharedWeights: false }), 1);
    const before = convolutions(supernet, LARGE).map(({ values }) => values.slice());
    await step(supernet, [SMALL, 0, 0]);
    expect(convolutions(supernet, LARGE).map(({ values }) => values)).toEqual(before);
  });
});

describe('candidates of unlike forms', () => {
  const candidates = [
    mbconv({ kernel: 3, expand: 1 }),
    mbconv({ kernel: 3, expand: 3 }),
    sepconv({ kernel: 3 }),
    conv({ kernel: 3 }),
    conv({ kernel: 1 }),
  ];
  const space = () =>
    defineSearchSpace({
      name: 'unlike',
      dataset: imageFolder('images', { classes: 3 }),
      input: [1, 8, 8],
      stem: [conv({ kernel: 3, stride: 2, out: 8 })],
      stages: [{ width: 8, depth: 3, candidates }],
      head: { width: 32 },
      objective: { latency: { targetMs: 1 } },
      schedule: { sharedWeights: true },
    });

  it.each([
    { trained: 0, alike: [0] },
    { trained: 1, alike: [1] },
    { trained: 2, alike: [2] },
    { trained: 4, alike: [3, 4] },
  ])('keep their weights when candidate $trained is trained, but for those of its form: $alike', async example => {
    const supernet = new Supernet(runtime, space(), 1);
    const weights = () => candidates.map((_, i) => convolutions(supernet, i).map(({ values }) => values.slice()));
    const before = weights();
    await step(supernet, [example.trained, 0, 0]);
    const after = weights();
    const changed = candidates.flatMap((_, i) => (isDeepStrictEqual(before[i], after[i]) ? [] : [i]));
    expect(changed).toEqual(example.alike);
  });
});

describe.each([true, false])('the checkpoint of a supernet, weights shared: %s', sharedWeights => {
  const supernetOf = (seed: number) => new Supernet(runtime, tinySpace({ sharedWeights }), seed);
  const stored = (tensors: ReadonlyMap<string, Float32Array>) => ({
    size: (name: string) => tensors.get(name)?.length,
    read: (name: string, into: Float32Array) => into.set(tensors.get(name) as Float32Array),
  });

  it('brings another one to the same weights, momentum and statistics', async () => {
    const trained = supernetOf(1);
    await step(trained, [0, 1, 0]);
    await step(trained, [1, 0, 2], 2);
    const saved = contents(trained);
    const other = supernetOf(2);
    expect(contents(other)).not.toEqual(saved);
    expect(other.restore(stored(saved))).toBe(true);
    expect(contents(other)).toEqual(saved);
    for (const choices of [
      [0, 1, 0],
      [1, 0, 1],
      [2, 0, 2],
    ]) {
      const parts = [trained, other].map(supernet =>
        supernet.path(choices).map(({ part }) => part.parameters.map(p => p.values)),
      );
      expect(parts[1]).toEqual(parts[0]);
    }
  });

  it('is refused when a tensor is missing or of another size, and nothing changes', () => {
    const supernet = supernetOf(1);
    const before = contents(supernet);
    const from = contents(supernetOf(2));
    const [name] = from.keys();
    const missing = new Map([...from].filter(([key]) => key !== name));
    expect(supernet.restore(stored(missing))).toBe(false);
    expect(supernet.restore(stored(new Map(from).set(name, new Float32Array(1))))).toBe(false);
    expect(contents(supernet)).toEqual(before);
  });
});
