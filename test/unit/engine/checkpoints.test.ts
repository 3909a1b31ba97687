import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Checkpoint, Checkpoints } from '../../../src/engine/run/checkpoints.ts';
import { RunStore } from '../../../src/engine/run/runStore.ts';
import { createOrtRuntime } from '../../../src/runtime/ort/ortRuntime.ts';
import type { Runtime } from '../../../src/runtime/runtime.ts';
import { Supernet } from '../../../src/search/supernet.ts';
import { contents } from '../search/supernetContents.ts';
import { tinySpace } from './tinySpace.ts';

let runtime: Runtime;
beforeAll(async () => {
  runtime = await createOrtRuntime({ threads: 1 });
});
afterAll(() => runtime.dispose());

let folder: string;
let store: RunStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'checkpoints-'));
  writeFileSync(join(folder, 'mine.nas.ts'), '');
  store = RunStore.create(folder, 'mine', join(folder, 'mine.nas.ts'), join(folder, 'run'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = (step: number) => store.path('checkpoints', `step-000000${step}.safetensors`);
const kept = () => readdirSync(store.path('checkpoints')).sort();

function checkpoint(supernet: Supernet, step: number, best: number | null = null): Checkpoint {
  const batches = { epoch: 0, position: step, order: [1, 2, 3, 4], augment: [5, 6, 7, 8] } as const;
  return {
    version: 1,
    search: {
      step,
      due: 'weights',
      random: [-1, 2, -3, 4],
      weightBatches: { ...batches, order: [...batches.order], augment: [...batches.augment] },
      architectureBatches: { ...batches, order: [...batches.order], augment: [...batches.augment] },
      budgetLambdas: [],
      lambda: 0.1 + 0.2,
      architecture: supernet.architectureState,
    },
    shown: { accuracyPull: [[1]], latencyPull: [[2]], trainAccuracy: 0.5, validationAccuracy: null },
    best: best === null ? null : { step: best, accuracy: 0.9 },
    log: { lines: 3, bytes: 100 },
    seconds: 12.5,
    peakRssMb: 100,
  };
}

/** A supernet whose numbers tell which one it is. */
function marked(mark: number): Supernet {
  const supernet = new Supernet(runtime, tinySpace(), 1);
  for (const { values } of supernet.tensors()) values.fill(mark);
  supernet.choices[0].architecture.alpha.set([mark, mark / 3, -mark]);
  supernet.restrictions = { locked: [null, 1, null], banned: [[], [], [2]] };
  return supernet;
}

function restored() {
  const warnings: string[] = [];
  const supernet = new Supernet(runtime, tinySpace(), 2);
  const found = new Checkpoints(store).restore(supernet, message => warnings.push(message));
  const [[first]] = contents(supernet).values();
  return { supernet, found, warnings, mark: first };
}

describe('checkpoints', () => {
  it('bring back everything to the bit', () => {
    const supernet = marked(1 / 3);
    const saved = checkpoint(supernet, 4);
    new Checkpoints(store).save(supernet, saved);
    const { supernet: other, found, warnings } = restored();
    expect(found).toEqual(saved);
    expect(other.architectureState).toEqual(supernet.architectureState);
    expect(contents(other)).toEqual(contents(supernet));
    expect(warnings).toEqual([]);
  });

  it('are kept: the last two, and the one that validated best', () => {
    const checkpoints = new Checkpoints(store);
    const supernet = marked(1);
    for (const step of [1, 2, 3, 4, 5]) checkpoints.save(supernet, checkpoint(supernet, step, step < 2 ? null : 2));
    expect(kept()).toEqual([2, 4, 5].map(step => `step-000000${step}.safetensors`));
  });

  it.each([
    ['cut off', (path: string) => truncateSync(path, 5000)],
    ['empty', (path: string) => truncateSync(path, 0)],
    [
      'changed in one bit of its weights',
      (path: string) => {
        const bytes = readFileSync(path);
        bytes[bytes.length - 10] ^= 1;
        writeFileSync(path, bytes);
      },
    ],
    [
      'changed in its architecture parameters',
      (path: string) => writeFileSync(path, readFileSync(path, 'latin1').replace('lambda', 'lambdo'), 'latin1'),
    ],
  ])('fall back to the one before when the newest is %s, with a warning', (_, damage) => {
    const checkpoints = new Checkpoints(store);
    for (const step of [3, 6]) {
      const supernet = marked(step);
      checkpoints.save(supernet, checkpoint(supernet, step));
    }
    damage(file(6));
    const { found, mark, warnings } = restored();
    expect([found?.search.step, mark]).toEqual([3, 3]);
    expect(warnings).toEqual([
      expect.stringMatching(/checkpoint of step 6 cannot be used \(.*damaged.*\).*earlier one/),
    ]);
    // It would otherwise count as one of the last two.
    expect(kept()).toEqual(['step-0000003.safetensors']);
  });

  it('leave the supernet as it was where none can be used', () => {
    const supernet = marked(1);
    new Checkpoints(store).save(supernet, checkpoint(supernet, 1));
    truncateSync(file(1), 100);
    const before = new Supernet(runtime, tinySpace(), 2);
    const { supernet: after, found } = restored();
    expect(found).toBeUndefined();
    expect(contents(after)).toEqual(contents(before));
    expect(after.architectureState).toEqual(before.architectureState);
  });
});
