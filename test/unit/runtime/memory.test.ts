import { afterEach, describe, expect, it, vi } from 'vitest';
import { allocate, release } from '../../../src/runtime/memory.ts';

const LARGE = 20_000;

describe('memory for results', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('begins at whole cache lines, and nothing lies in it twice', () => {
    const arrays = [LARGE, LARGE + 1, LARGE + 17].map(length => allocate(length));
    arrays.forEach((values, i) => {
      values.fill(i);
    });
    for (const [i, values] of arrays.entries()) {
      expect(values.byteOffset % 64).toBe(0);
      expect(values.every(value => value === i)).toBe(true);
    }
    arrays.forEach(release);
  });

  it('is used again once it is released, and neighbours become one', () => {
    const [a, b, c, last] = [1, 2, 3, 4].map(() => allocate(LARGE));
    const place = a.byteOffset;
    release(a);
    release(c);
    release(b);
    const all = allocate(3 * LARGE);
    expect(all.buffer).toBe(last.buffer);
    expect(all.byteOffset).toBe(place);
    release(all);
    release(last);
  });

  it('is not given to two when it is released twice', () => {
    const a = allocate(LARGE);
    release(a);
    const b = allocate(LARGE);
    release(a);
    const c = allocate(LARGE);
    expect(c.byteOffset).not.toBe(b.byteOffset);
    release(b);
    release(c);
  });

  it('grows by more than a chunk for what is larger than one', () => {
    const values = allocate(80 * 2 ** 20);
    expect(values.length).toBe(80 * 2 ** 20);
    release(values);
  });

  it("is JavaScript's own where no chunk can be had", async () => {
    const Memory = class {
      constructor() {
        throw new RangeError('could not allocate memory');
      }
    };
    vi.stubGlobal('WebAssembly', { Memory });
    vi.resetModules();
    const fresh = await import('../../../src/runtime/memory.ts');
    const values = fresh.allocate(LARGE);
    expect(values.buffer.byteLength).toBe(LARGE * 4);
    fresh.release(values);
    expect(values.length).toBe(0);
  });

  it('is not there for small results; those, and arrays from elsewhere, are empty once released', () => {
    const [small, foreign] = [allocate(3), Float32Array.of(1, 2)];
    expect([...small]).toEqual([0, 0, 0]);
    expect(small.buffer.byteLength).toBe(12);
    release(small);
    release(foreign);
    release(undefined);
    expect([small.length, foreign.length]).toEqual([0, 0]);
  });
});
