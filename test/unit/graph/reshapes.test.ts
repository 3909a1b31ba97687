import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { OnnxEmitter } from '../../../src/graph/onnx/emitter.ts';
import { decodeModel } from '../../../src/graph/onnx/schema.ts';
import { compacted } from '../../../src/runtime/ort/compact.ts';

const options: ort.InferenceSession.SessionOptions = { executionProviders: ['cpu'], logSeverityLevel: 3 };
const nodesOf = (bytes: Uint8Array) => decodeModel(bytes).graph.node.map(({ opType }) => opType);

/** `y = x + x` of six numbers, by way of three shapes. */
function doubled(settle: boolean) {
  const e = new OnnxEmitter();
  const x = e.reshape(e.reshape(e.input('x', [6]), [2, 3]), [3, 2]);
  e.output('y', e.reshape(e.op('Add', [x, x]), [1, 6]), [6]);
  const settled = settle ? e.settleInputs() : {};
  return { settled, bytes: e.finish('doubled') };
}

async function run(bytes: Uint8Array, dims: readonly number[]): Promise<unknown[]> {
  const session = await ort.InferenceSession.create(bytes, options);
  const { y } = await session.run({ x: new ort.Tensor('float32', Float32Array.of(1, 2, 3, 4, 5, 6), dims) });
  return [[...y.dims], [...(y.data as Float32Array)]];
}

describe('shapes of a model', () => {
  it('that follow one another are made once, the last one as the output', async () => {
    const { bytes } = doubled(false);
    expect(nodesOf(bytes)).toEqual(['Reshape', 'Add', 'Reshape']);
    expect(await run(bytes, [6])).toEqual([[6], [2, 4, 6, 8, 10, 12]]);
  });

  it('are those of its inputs where these are read in no other', async () => {
    const { settled, bytes } = doubled(true);
    expect(settled).toEqual({ x: [3, 2] });
    expect(nodesOf(bytes)).toEqual(['Add', 'Reshape']);
    expect(await run(bytes, [3, 2])).toEqual([[6], [2, 4, 6, 8, 10, 12]]);
  });

  it('stay where an input is read in two', () => {
    const e = new OnnxEmitter();
    const x = e.input('x', [6]);
    e.output('y', e.op('MatMul', [e.reshape(x, [2, 3]), e.reshape(x, [3, 2])]), [2, 2]);
    expect(e.settleInputs()).toEqual({});
  });
});

describe('results as they are computed', () => {
  /** `x + x`, computed as `[3, 2]` and read by two outputs as `[6]`. */
  function asComputed(from?: readonly number[]) {
    const e = new OnnxEmitter();
    const x = e.input('x', [3, 2]);
    const y = e.reshape(e.op('Add', [x, x]), [6], from);
    const dims = [e.outputAsComputed('y', y, [6]), e.outputAsComputed('again', y, [6])];
    return { dims, bytes: e.finish('doubled') };
  }

  it('have the shape that a rule knows, and no node to give them out, but for the second time', async () => {
    const { dims, bytes } = asComputed([3, 2]);
    expect(dims).toEqual([
      [3, 2],
      [3, 2],
    ]);
    expect(nodesOf(bytes)).toEqual(['Add', 'Identity']);
    expect(await run(bytes, [3, 2])).toEqual([
      [3, 2],
      [2, 4, 6, 8, 10, 12],
    ]);
  });

  it('are reshaped where no rule knows the shape', async () => {
    const { dims, bytes } = asComputed();
    expect(dims).toEqual([[6], [6]]);
    expect(nodesOf(bytes)).toEqual(['Add', 'Reshape', 'Identity']);
    expect(await run(bytes, [3, 2])).toEqual([[6], [2, 4, 6, 8, 10, 12]]);
  });
});

describe('a model in the format of onnxruntime', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('computes the same and leaves no file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'compact-'));
    vi.stubEnv('TMPDIR', folder);
    const { bytes } = doubled(false);
    const compact = await compacted(bytes, options);
    expect(Buffer.from(compact.subarray(4, 8)).toString()).toBe('ORTM');
    expect(await run(compact, [6])).toEqual(await run(bytes, [6]));
    expect(readdirSync(folder)).toEqual([]);
  });
});
