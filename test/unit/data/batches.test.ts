import { describe, expect, it } from 'vitest';
import {
  allIndices,
  evaluationBatches,
  TrainingBatches,
  type TrainingBatchOptions,
} from '../../../src/data/batches.ts';
import { MemoryImageSet } from '../../../src/data/imageSet.ts';
import { normalisation } from '../../../src/data/normalisation.ts';
import { splitTraining } from '../../../src/data/split.ts';
import { countingSet } from './fixtures.ts';

const SET = countingSet(23, [2, 5, 4]);
const AS_STORED = { mean: Float32Array.of(0, 0), std: Float32Array.of(1, 1) };

function batches(options: Partial<TrainingBatchOptions> = {}) {
  return new TrainingBatches(SET, allIndices(23), {
    normalisation: AS_STORED,
    batch: 5,
    seed: 3,
    stream: 'weights',
    ...options,
  });
}

describe('splitting', () => {
  it('is disjoint, complete, seeded and of the share asked for', () => {
    const { train, validation } = splitTraining(1000, 0.25, 7);
    expect(validation).toHaveLength(250);
    expect([...train, ...validation].sort((a, b) => a - b)).toEqual([...allIndices(1000)]);
    expect(splitTraining(1000, 0.25, 7)).toEqual({ train, validation });
    expect(splitTraining(1000, 0.25, 8).validation).not.toEqual(validation);
  });

  it.each([0, 1, -0.5, Number.NaN, 0.0001])('refuses a share of %d that leaves a part empty', share => {
    expect(() => splitTraining(1000, share, 1)).toThrow(/leaves a part of 1000 training images empty/);
  });
});

describe('normalisation', () => {
  it('is mean and deviation of the chosen images only, by channel', () => {
    const set = new MemoryImageSet(
      [2, 1, 2],
      Uint8Array.of(1, 3, 10, 10, 5, 7, 10, 10, 200, 200, 0, 255),
      Int32Array.of(0, 1, 0),
    );
    const { mean, std } = normalisation(set, Int32Array.of(0, 1));
    expect([...mean]).toEqual([4, 10]);
    expect(std[0]).toBeCloseTo(Math.sqrt(5), 6);
    expect(std[1]).toBe(1);
  });

  it('keeps a small deviation beside a large mean', () => {
    const set = new MemoryImageSet([1, 1, 2], Float32Array.of(1e6, 1e6 + 1), Int32Array.of(0));
    expect(normalisation(set, Int32Array.of(0)).std[0]).toBeCloseTo(0.5, 6);
  });
});

describe('evaluation batches', () => {
  it('pass through every index once, in order, the last one smaller', () => {
    const by = { mean: Float32Array.of(10, 20), std: Float32Array.of(2, 4) };
    const all = [...evaluationBatches(SET, Int32Array.of(4, 2, 9), { normalisation: by, batch: 2 })];
    expect(all.map(batch => [...batch.labels])).toEqual([[4, 2], [9]]);
    expect(all[1].images[0]).toBe((SET.image(9)[0] - 10) / 2);
    expect(all[1].images[39]).toBe((SET.image(9)[39] - 20) / 4);
  });
});

describe('training batches', () => {
  it('give each image at most once an epoch, in an order that changes, without the partial batch', () => {
    const source = batches();
    const epoch = () => Array.from({ length: source.stepsPerEpoch }, () => [...source.next().labels]).flat();
    const [first, second] = [epoch(), epoch()];
    expect(source.stepsPerEpoch).toBe(4);
    expect(new Set(first).size).toBe(20);
    expect(new Set(second).size).toBe(20);
    expect(second).not.toEqual(first);
    expect(source.state.epoch).toBe(1);
  });

  it('are repeated by the seed and differ between streams', () => {
    expect(batches().next()).toEqual(batches().next());
    expect(batches({ stream: 'architecture' }).next().labels).not.toEqual(batches().next().labels);
    expect(batches({ seed: 4 }).next().labels).not.toEqual(batches().next().labels);
  });

  it.each([0, 1, 3, 4, 5, 11])('continue after %i batches from a state through JSON as if never stopped', taken => {
    const augment = { shift: 2, flip: true, cutout: 2 };
    const uninterrupted = batches({ augment });
    for (let i = 0; i < taken; i++) uninterrupted.next();
    const resumed = batches({ augment, seed: 99 });
    resumed.state = JSON.parse(JSON.stringify(uninterrupted.state));
    for (let i = 0; i < 9; i++) expect(resumed.next()).toEqual(uninterrupted.next());
  });

  it('fill a batch handed back, and otherwise leave earlier ones alone', () => {
    const source = batches();
    const first = source.next();
    const copy = first.images.slice();
    const second = source.next();
    expect(first.images).toEqual(copy);
    expect(source.next(second)).toBe(second);
  });

  it('refuse more images in a batch than there are, and an augmentation larger than the image', () => {
    expect(() => batches({ batch: 24 })).toThrow(/a batch takes 24 images but there are only 23/);
    expect(() => batches({ augment: { shift: 4 } })).toThrow(/augment\.shift is 4: .* 0 to 3 for 2x5x4 images/);
    expect(() => batches({ augment: { cutout: 1.5 } })).toThrow(/augment\.cutout is 1\.5/);
  });
});

describe('augmentation', () => {
  /** Images of many epochs beside the stored ones they came from. */
  function pairs(augment: TrainingBatchOptions['augment'], by = AS_STORED) {
    const source = batches({ augment, normalisation: by });
    return Array.from({ length: 60 }, () => source.next()).flatMap(({ images, labels }) =>
      [...labels].map((label, i) => ({ changed: images.subarray(i * 40, i * 40 + 40), stored: SET.image(label) })),
    );
  }

  /** The stored image moved and mirrored pixel by pixel, as the words describe it. */
  function moved(stored: ArrayLike<number>, down: number, right: number, mirrored: boolean): number[] {
    return Array.from({ length: 40 }, (_, i) => {
      const [c, y, x] = [Math.floor(i / 20), Math.floor(i / 4) % 5, i % 4];
      const [row, column] = [y - down, x - right];
      if (row < 0 || row >= 5 || column < 0 || column >= 4) return 0;
      return stored[c * 20 + row * 4 + (mirrored ? 3 - column : column)];
    });
  }

  it('shifts and mirrors in every way within the limits, and in no other', () => {
    const ways = [-2, -1, 0, 1, 2].flatMap(down =>
      [-2, -1, 0, 1, 2].flatMap(right => [false, true].map(mirrored => ({ down, right, mirrored }))),
    );
    const seen = new Set<number>();
    for (const { changed, stored } of pairs({ shift: 2, flip: true })) {
      const way = ways.findIndex(
        ({ down, right, mirrored }) => String(moved(stored, down, right, mirrored)) === String([...changed]),
      );
      expect(way).toBeGreaterThanOrEqual(0);
      seen.add(way);
    }
    expect(seen.size).toBe(50);
  });

  it('brings in black: a stored 0, normalised', () => {
    const by = { mean: Float32Array.of(100, 100), std: Float32Array.of(50, 50) };
    for (const { changed, stored } of pairs({ shift: 2 }, by)) {
      const back = Array.from(changed, value => Math.round(value * 50 + 100));
      const some = [-2, -1, 0, 1, 2].some(down =>
        [-2, -1, 0, 1, 2].some(right => String(moved(stored, down, right, false)) === String(back)),
      );
      expect(some).toBe(true);
    }
  });

  it('cuts a square out of every channel to the mean and leaves the rest', () => {
    const by = { mean: Float32Array.of(0.5, 0.5), std: Float32Array.of(1, 1) };
    for (const { changed, stored } of pairs({ cutout: 2 }, by)) {
      const cut = [...changed.keys()].filter(i => changed[i] === 0);
      const rest = [...changed.keys()].filter(i => changed[i] !== 0);
      expect([2, 4, 8]).toContain(cut.length);
      expect(cut.filter(i => i < 20).map(i => i + 20)).toEqual(cut.filter(i => i >= 20));
      for (const i of rest) expect(changed[i]).toBe(stored[i] - 0.5);
    }
  });
});
