import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { measure } from '../../../src/latency/measure.ts';
import { onnxruntimeTarget } from '../../../src/latency/targets/onnxruntime.ts';
import { deviceName } from '../../../src/latency/targets/target.ts';
import { reluModel } from './reluModel.ts';

const cpu = onnxruntimeTarget({ target: 'cpu', precision: 'fp32' });

describe('onnxruntime on this machine', () => {
  it('tells processor, runtime version and settings in its fingerprint', async () => {
    const path = new URL('../../../node_modules/onnxruntime-node/package.json', import.meta.url);
    const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
    expect(await cpu.fingerprint({ threads: 2, batch: 3 })).toMatchObject({
      platform: `${process.platform} ${process.arch}`,
      runtime: `onnxruntime-node ${version}`,
      executionProvider: 'cpu',
      threads: 2,
      batch: 3,
      precision: 'fp32',
    });
  });

  it('tells devices of another precision or provider apart, also in words', async () => {
    const int8 = await onnxruntimeTarget({ target: 'cpu', precision: 'int8' }).fingerprint({ threads: 1, batch: 1 });
    const directml = await onnxruntimeTarget({ target: 'directml', precision: 'fp32' }).fingerprint({
      threads: 1,
      batch: 1,
    });
    expect(deviceName(int8)).toMatch(/, 1 thread, batch 1, onnxruntime-node [\d.]+, int8$/);
    expect(deviceName(directml)).toMatch(/, onnxruntime-node [\d.]+, dml$/);
  });

  it('has no fingerprint where its check fails', async () => {
    const broken = onnxruntimeTarget({ target: 'cuda', precision: 'fp32' }, async () => {
      throw new Error('no such driver');
    });
    await expect(broken.fingerprint({ threads: 1, batch: 1 })).rejects.toThrow('no such driver');
  });

  it('times a real model', async () => {
    const options = { threads: 1, seed: 1, budgetSeconds: 0.2 };
    const { measurements } = await measure(cpu, [{ key: 'relu', model: reluModel() }], options);
    expect(measurements[0].medianMs).toBeGreaterThan(0);
    expect(measurements[0].samples).toBeGreaterThanOrEqual(8);
  });

  it('refuses bytes that are no model', async () => {
    await expect(cpu.open(new Uint8Array(100).fill(7), { threads: 1 })).rejects.toThrow();
  });
});
