import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { MemoryImageSet } from '../../../src/data/imageSet.ts';
import { createOrtRuntime } from '../../../src/runtime/ort/ortRuntime.ts';
import type { Runtime } from '../../../src/runtime/runtime.ts';
import { type SearchEvent, search } from '../../../src/search/proxyless.ts';
import { type SearchState, searchStateSchema } from '../../../src/search/searchState.ts';
import { Supernet } from '../../../src/search/supernet.ts';
import { WeightFile } from '../../../src/search/weightFile.ts';
import type { SearchSpace } from '../../../src/space/index.ts';
import type { TrainingData } from '../../../src/training/train.ts';
import { tinySpace } from '../engine/tinySpace.ts';
import { contents } from './supernetContents.ts';

let runtime: Runtime;
beforeAll(async () => {
  runtime = await createOrtRuntime({ threads: 1 });
});
afterAll(() => runtime.dispose());

let folder: string;
const opened: Supernet[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'resuming-'));
});
afterEach(() => {
  for (const supernet of opened.splice(0)) supernet.close();
  rmSync(folder, { recursive: true });
});

const BATCH = 8;
/** Three weight steps an epoch, an architecture step after every second one outside the warm-up. */
const STEPS_PER_EPOCH = 3;
const EPOCHS = 3;

function space(sharedWeights: boolean): SearchSpace {
  const tiny = tinySpace({ sharedWeights });
  const schedule = {
    ...tiny.schedule,
    batch: BATCH,
    warmupEpochs: 1,
    epochs: 2,
    architectureEvery: 2,
    zeroGradient: true,
  };
  return { ...tiny, schedule, augment: { flip: true, shift: 1 } };
}

function images(count: number): TrainingData {
  const random = new Random(3);
  const pixels = Uint8Array.from({ length: count * 64 }, () => random.below(256));
  const set = new MemoryImageSet(
    [1, 8, 8],
    pixels,
    Int32Array.from({ length: count }, () => random.below(3)),
  );
  return {
    set,
    indices: Int32Array.from({ length: count }, (_, i) => i),
    normalisation: { mean: Float32Array.of(128), std: Float32Array.of(70) },
    augment: {},
    classes: 3,
  };
}

const data = { weights: images(STEPS_PER_EPOCH * BATCH), architecture: images(2 * BATCH) };

/** A search, from where another one stood and to its end or where it is stopped. */
async function run(supernet: Supernet, from?: SearchState, stopAt?: (state: SearchState) => boolean) {
  const events: SearchEvent[] = [];
  let reached: SearchState | undefined;
  await search(runtime, supernet, data, {
    latency: {
      targetMs: 1,
      costs: {
        fixed: 0.5,
        choices: supernet.choices.map(({ parts }) => parts.map((_, i) => 0.1 * (i + 1))),
      },
    },
    // Exceeded from the start, so that its multiplier has something to say.
    budgets: [
      {
        most: 2,
        costs: { fixed: 1, choices: supernet.choices.map(({ parts }) => parts.map((_, i) => 2 + i)) },
      },
    ],
    seed: 5,
    from,
    onEvent: event => events.push(event),
    breathe: async state => {
      if (!stopAt?.(state())) return;
      reached = state();
      throw new Error('stopped');
    },
  }).catch(error => {
    if (!reached) throw error;
  });
  return { events, reached };
}

const places = [
  { step: 1, due: 'weights' },
  { step: 3, due: 'validation' },
  { step: 5, due: 'architecture' },
  { step: 5, due: 'weights' },
  { step: 9, due: 'validation' },
] as const;

const modes = [true, false].flatMap(sharedWeights => [true, false].map(inFile => ({ sharedWeights, inFile })));

describe.each(modes)(
  'a search with shared weights: $sharedWeights, weights in a file: $inFile',
  ({ sharedWeights, inFile }) => {
    const fresh = (seed = 1) => {
      const file = inFile ? new WeightFile(folder) : undefined;
      const supernet = new Supernet(runtime, space(sharedWeights), seed, file);
      opened.push(supernet);
      return supernet;
    };

    it.each(places)('that stops at step $step before $due and goes on elsewhere ends as if it had not', async place => {
      const whole = fresh();
      const { events } = await run(whole);
      expect(events.filter(({ kind }) => kind === 'weights')).toHaveLength(EPOCHS * STEPS_PER_EPOCH);
      expect(events.filter(({ kind }) => kind === 'architecture').length).toBeGreaterThan(1);

      const first = fresh();
      const before = await run(first, undefined, ({ step, due }) => step === place.step && due === place.due);
      // As a checkpoint keeps it.
      const state = searchStateSchema.parse(JSON.parse(JSON.stringify(before.reached)));
      const tensors = contents(first);
      const second = fresh(2);
      const taken = second.restore({
        size: name => tensors.get(name)?.length,
        read: (name, into) => into.set(tensors.get(name) as Float32Array),
      });
      expect(taken).toBe(true);
      const after = await run(second, state);

      expect([...before.events, ...after.events]).toEqual(events);
      expect(second.architectureState).toEqual(whole.architectureState);
      expect(contents(second)).toEqual(contents(whole));
    });
  },
);

describe.each([true, false])('with shared weights: %s, a search whose weights are in a file', sharedWeights => {
  it('is the one whose weights are in memory, to the bit, also when it is saved within a validation', async () => {
    const inMemory = new Supernet(runtime, space(sharedWeights), 1);
    const inFile = new Supernet(runtime, space(sharedWeights), 1, new WeightFile(folder));
    opened.push(inFile);
    const saved: ReturnType<typeof contents>[][] = [];
    const runs = [];
    for (const supernet of [inMemory, inFile]) {
      const copies: ReturnType<typeof contents>[] = [];
      runs.push(
        await run(supernet, undefined, () => {
          copies.push(contents(supernet));
          return false;
        }),
      );
      saved.push(copies);
    }
    expect(runs[1]).toEqual(runs[0]);
    expect(saved[0].length).toBeGreaterThan(EPOCHS * STEPS_PER_EPOCH);
    expect(saved[1]).toEqual(saved[0]);
    expect(inFile.architectureState).toEqual(inMemory.architectureState);
  });
});
