import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { MemoryImageSet } from '../../../src/data/imageSet.ts';
import { createOrtRuntime } from '../../../src/runtime/ort/ortRuntime.ts';
import type { Runtime } from '../../../src/runtime/runtime.ts';
import { type SearchEvent, search } from '../../../src/search/proxyless.ts';
import { type SearchState, searchStateSchema } from '../../../src/search/searchState.ts';
import { Supernet } from '../../../src/search/supernet.ts';
import type { SearchSpace } from '../../../src/space/index.ts';
import type { TrainingData } from '../../../src/training/train.ts';
import { tinySpace } from '../engine/tinySpace.ts';

let runtime: Runtime;
beforeAll(async () => {
  runtime = await createOrtRuntime({ threads: 1 });
});
afterAll(() => runtime.dispose());

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
    targetMs: 1,
    costs: { fixedMs: 0.5, choices: supernet.choices.map(({ parts }) => parts.map((_, i) => 0.1 * (i + 1))) },
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

const contents = (supernet: Supernet) =>
  supernet.tensors({ momentum: true }).map(({ name, values }) => [name, values.slice()] as const);

const places = [
  { step: 1, due: 'weights' },
  { step: 3, due: 'validation' },
  { step: 5, due: 'architecture' },
  { step: 5, due: 'weights' },
  { step: 9, due: 'validation' },
] as const;

describe.each([true, false])('a search with shared weights: %s', sharedWeights => {
  const fresh = (seed = 1) => new Supernet(runtime, space(sharedWeights), seed);

  it.each(places)('that stops at step $step before $due and goes on elsewhere ends as if it had not', async place => {
    const whole = fresh();
    const { events } = await run(whole);
    expect(events.filter(({ kind }) => kind === 'weights')).toHaveLength(EPOCHS * STEPS_PER_EPOCH);
    expect(events.filter(({ kind }) => kind === 'architecture').length).toBeGreaterThan(1);

    const first = fresh();
    const before = await run(first, undefined, ({ step, due }) => step === place.step && due === place.due);
    // As a checkpoint keeps it.
    const state = searchStateSchema.parse(JSON.parse(JSON.stringify(before.reached)));
    const tensors = new Map(contents(first));
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
});
