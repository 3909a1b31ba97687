import { beforeEach, describe, expect, it } from 'vitest';
import { allocate, release } from '../../../src/runtime/memory.ts';
import { CutExecutable } from '../../../src/runtime/ort/cutExecutable.ts';
import { MapPasses } from '../../../src/runtime/passes/mapPasses.ts';
import type { Executable, Tensors } from '../../../src/runtime/runtime.ts';

const LENGTH = 20_000 - (20_000 % 16);
const lanes = { channels: 1, lanes: 16, places: LENGTH / 16, segments: 1, alike: 1, sets: 1, perSet: 1 } as const;

/** A piece that gives every output its input plus one, in memory of the runtime. */
function piece(inputNames: string[], outputNames: string[], ran: string[], fails = false): Executable {
  return {
    inputNames,
    outputNames,
    run: async (inputs: Tensors, wanted = outputNames) => {
      if (fails) throw new Error('no');
      ran.push(...wanted);
      return Object.fromEntries(
        wanted.map(name => {
          const result = allocate(LENGTH);
          result.set(inputs[inputNames[0]].map(value => value + 1));
          return [name, result];
        }),
      );
    },
  };
}
const pass = (inputs: string[], outputs: string[]) => ({
  pass: { op: 'activationGrad', activation: 'relu', products: false } as const,
  type: { kind: 'map', dims: [16, 1, 1, LENGTH / 16] } as const,
  ...{ inputs, outputs, lanes },
});
const outputs = (names: Record<string, string>) => Object.entries(names).map(([name, from]) => ({ name, from }));

describe('a cut graph', () => {
  let ran: string[];
  const x = new Float32Array(LENGTH).fill(2);
  const passes = new MapPasses(1);
  beforeEach(() => {
    ran = [];
  });

  it('runs its pieces in order, and takes what none of them makes', async () => {
    const stages = [piece(['x'], ['g'], ran), pass(['x', 'g'], ['d', 'sum']), piece(['d'], ['dx'], ran)];
    const cut = new CutExecutable(stages, outputs({ result: 'dx', total: 'sum' }), passes);
    expect([cut.inputNames, cut.outputNames]).toEqual([['x'], ['result', 'total']]);
    const { result, total } = await cut.run({ x });
    expect([result[0], total[0]]).toEqual([4, 3 * LENGTH]);
    release(result);
  });

  it('computes only what is wanted', async () => {
    const stages = [piece(['x'], ['a', 'b'], ran), piece(['a'], ['c'], ran)];
    const cut = new CutExecutable(stages, outputs({ b: 'b', c: 'c' }), passes);
    const results = await cut.run({ x }, ['b']);
    expect(Object.keys(results)).toEqual(['b']);
    expect(ran).toEqual(['b']);
    release(results.b);
  });

  it('gives back what nobody reads any more, and lets a pass work in place on it', async () => {
    const free = allocate(LENGTH);
    const place = free.byteOffset;
    release(free);
    const stages = [piece(['x'], ['g'], ran), pass(['x', 'g'], ['d', 'sum']), piece(['d'], ['dx'], ran)];
    const cut = new CutExecutable(stages, outputs({ dx: 'dx' }), passes);
    const { dx } = await cut.run({ x });
    // The first piece's result took the free place, the pass worked there, and it is free again.
    expect(dx.byteOffset).not.toBe(place);
    const next = allocate(LENGTH);
    expect(next.byteOffset).toBe(place);
    release(next);
    release(dx);
  });

  it('does not write to what was given to it, nor to what is read later', async () => {
    const g = allocate(LENGTH).fill(5);
    const negative = new Float32Array(LENGTH).fill(-1);
    const given = new CutExecutable([pass(['x', 'g'], ['d', 'sum'])], outputs({ d: 'd' }), passes);
    const { d } = await given.run({ x: negative, g });
    expect([d[0], g[0]]).toEqual([0, 5]);
    const stages = [piece(['x'], ['h'], ran), pass(['negative', 'h'], ['e', 'sum'])];
    const later = new CutExecutable(stages, outputs({ e: 'e', h: 'h' }), passes);
    const { e, h } = await later.run({ x, negative });
    expect([e[0], h[0]]).toEqual([0, 3]);
    for (const values of [d, g, e, h]) release(values);
  });

  it('gives each result an array of its own', async () => {
    const cut = new CutExecutable([piece(['x'], ['a'], ran)], outputs({ one: 'a', other: 'a', given: 'x' }), passes);
    const { one, other, given } = await cut.run({ x });
    expect([one[0], other[0], given[0]]).toEqual([3, 3, 2]);
    for (const values of [one, other, given]) release(values);
    expect(x[0]).toBe(2);
  });

  it('gives everything back when a piece fails, and says which input is missing', async () => {
    const free = allocate(LENGTH);
    const place = free.byteOffset;
    release(free);
    const failing = [piece(['x'], ['a'], ran), piece(['a'], ['b'], ran, true)];
    await expect(new CutExecutable(failing, outputs({ b: 'b' }), passes).run({ x })).rejects.toThrow('no');
    const missing = new CutExecutable([pass(['x', 'g'], ['d', 'sum'])], outputs({ d: 'd' }), passes);
    await expect(missing.run({ x })).rejects.toThrow('input g is missing');
    const next = allocate(LENGTH);
    expect(next.byteOffset).toBe(place);
    release(next);
  });
});
