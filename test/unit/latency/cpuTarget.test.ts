import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/base/errors.ts';
import { OnnxEmitter } from '../../../src/graph/onnx/emitter.ts';
import { measure } from '../../../src/latency/measure.ts';
import { cpuTarget } from '../../../src/latency/targets/cpu.ts';
import { targetNamed } from '../../../src/latency/targets/registry.ts';

function reluModel(): Uint8Array {
  const emitter = new OnnxEmitter();
  emitter.output('output', emitter.op('Relu', [emitter.input('image', [1, 4, 8, 8])]), [1, 4, 8, 8]);
  return emitter.finish('relu');
}

describe('the cpu target', () => {
  it('tells processor, runtime version and settings in its fingerprint', async () => {
    const path = new URL('../../../node_modules/onnxruntime-node/package.json', import.meta.url);
    const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
    expect(await cpuTarget.fingerprint({ threads: 2, batch: 3 })).toMatchObject({
      platform: `${process.platform} ${process.arch}`,
      runtime: `onnxruntime-node ${version}`,
      threads: 2,
      batch: 3,
    });
  });

  it('times a real model', async () => {
    const options = { threads: 1, seed: 1, budgetSeconds: 0.2 };
    const { measurements } = await measure(cpuTarget, [{ key: 'relu', model: reluModel() }], options);
    expect(measurements[0].medianMs).toBeGreaterThan(0);
    expect(measurements[0].samples).toBeGreaterThanOrEqual(8);
  });

  it('refuses bytes that are no model', async () => {
    await expect(cpuTarget.open(new Uint8Array(100).fill(7), { threads: 1 })).rejects.toThrow();
  });

  it('is found by name; another name is an error that lists the known ones', () => {
    expect(targetNamed('cpu')).toBe(cpuTarget);
    expect(() => targetNamed('gpu')).toThrow(UserError);
    expect(() => targetNamed('gpu')).toThrow('no latency target "gpu"; choose one of: cpu.');
  });
});
