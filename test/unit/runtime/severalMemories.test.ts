import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const LENGTH = 2 ** 20;
const lanes = { channels: 1, lanes: 16, places: 64, segments: LENGTH / 1024, alike: LENGTH / 1024, sets: 1 } as const;

/** Memory that can grow by two chunks only. */
class SmallMemory extends WebAssembly.Memory {
  override grow(pages: number): number {
    if (this.buffer.byteLength + pages * 2 ** 16 > 2.1 * 256 * 2 ** 20) throw new RangeError('no more');
    return super.grow(pages);
  }
}

describe('where one memory is not enough', () => {
  beforeEach(() => {
    vi.stubGlobal('WebAssembly', { ...allOf(WebAssembly), Memory: SmallMemory });
    vi.resetModules();
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('there is a second one, and passes run in either, and over maps of both', async () => {
    const { allocate, memoryOf, release } = await import('../../../src/runtime/memory.ts');
    const { MapPasses } = await import('../../../src/runtime/passes/mapPasses.ts');
    const dot = (x: Float32Array, y: Float32Array, threads: number) =>
      new MapPasses(threads).run('dot', { ...lanes, perSet: 1 }, [x, y])[0][0];
    const [a, b] = [1, 2].map(value => allocate(LENGTH).fill(value));
    expect(dot(a, b, 1)).toBe(2 * LENGTH);
    const filling: Float32Array[] = [];
    do filling.push(allocate(16 * LENGTH));
    while (memoryOf(filling[filling.length - 1]) === memoryOf(a));
    do filling.push(allocate(LENGTH));
    while (memoryOf(filling[filling.length - 1]) === memoryOf(a));
    const [c, d] = [3, 4].map(value => allocate(LENGTH).fill(value));
    expect(memoryOf(c)).toBe(memoryOf(d));
    expect(memoryOf(c)).not.toBe(memoryOf(a));
    for (const [x, y, product] of [
      [a, b, 2],
      [c, d, 12],
      [a, d, 4],
      [c, b, 6],
    ] as const) {
      for (const threads of [1, 2]) expect(dot(x, y, threads)).toBe(product * LENGTH);
    }
    const place = c.byteOffset;
    release(c);
    const again = allocate(LENGTH);
    expect(filling.length).toBeGreaterThan(8);
    expect([memoryOf(again) === memoryOf(d), again.byteOffset]).toEqual([true, place]);
  });
});

/** A namespace's own properties, which are not enumerable. */
function allOf(namespace: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.getOwnPropertyNames(namespace).map(name => [name, (namespace as Record<string, unknown>)[name]]),
  );
}
