import { afterEach, describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../src/graph/builder.ts';
import { lowerGraph } from '../../../src/graph/onnx/lower.ts';
import { standardLowering } from '../../../src/graph/onnx/standard.ts';
import { map } from '../../../src/graph/types.ts';
import { allocate, release } from '../../../src/runtime/memory.ts';
import { OrtSession, sessionModel } from '../../../src/runtime/ort/session.ts';

const SIZE = 8 * 64 * 64;

describe('a session', () => {
  let session: OrtSession;
  afterEach(() => session.release());

  /** `relu(x)` and `x + relu(x)`. */
  async function open(): Promise<void> {
    const g = new GraphBuilder();
    const x = g.input('x', map(1, 8, 64, 64));
    const y = g.add('relu', [x], {});
    const graph = g.finish([
      { name: 'y', value: y },
      { name: 'again', value: y },
      { name: 'sum', value: g.add('add', [x, y], {}) },
      { name: 'same', value: x },
    ]);
    session = await OrtSession.create(lowerGraph(graph, standardLowering, sessionModel), {
      threads: 1,
      keepsMemory: false,
    });
  }
  const input = Float32Array.from({ length: SIZE }, (_, i) => (i % 3) - 1);

  it('computes into memory of the runtime: what is released is where the next result comes', async () => {
    await open();
    const { y, again, sum, same } = await session.run({ x: input });
    expect(Object.keys({ y, again, sum, same })).toEqual(session.outputNames);
    expect([y[0], y[2], sum[0], sum[2]]).toEqual([0, 1, -1, 2]);
    expect(again).toEqual(y);
    expect(same).toEqual(input);
    const place = y.byteOffset;
    release(y);
    const next = await session.run({ x: input }, ['sum']);
    expect(Object.keys(next)).toEqual(['sum']);
    expect([next.sum.buffer, next.sum.byteOffset]).toEqual([sum.buffer, place]);
    for (const values of [again, sum, same, next.sum]) release(values);
  });

  it('says what is missing, passes on what onnxruntime says, and keeps no memory for results that never came', async () => {
    await open();
    await expect(session.run({})).rejects.toThrow('runtime: input x is missing');
    const before = allocate(SIZE);
    release(before);
    await expect(session.run({ x: input.subarray(1) })).rejects.toThrow(/size|length|shape|dims/i);
    const after = allocate(SIZE);
    expect(after.byteOffset).toBe(before.byteOffset);
    release(after);
  });
});
