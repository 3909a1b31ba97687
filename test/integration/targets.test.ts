import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { measureIn, traceIn } from '../../src/latency/profilerClient.ts';
import { fingerprintOf, profilerOf } from '../../src/latency/targets/registry.ts';
import type { Fingerprint } from '../../src/latency/targets/target.ts';
import { accelerators, type MeasuredDevice } from '../../src/space/devices.ts';
import { reluModel } from '../unit/latency/reluModel.ts';
import { type SshServer, startSshServer, whyNoServer } from './sshServer.ts';

const root = join(import.meta.dirname, '../..');
const dist = join(root, 'dist');
const programs = {
  profiler: join(dist, 'profiler.js'),
  agent: join(dist, 'profilerAgent.js'),
  page: join(dist, 'browser'),
};
const run = { threads: 1, batch: 1 };
const budget = { threads: 1, seed: 1, budgetSeconds: 0.2 };
const models = ['a', 'b'].map(key => ({ key, model: reluModel() }));

const fingerprint = (device: MeasuredDevice): Promise<Fingerprint> => fingerprintOf(device, programs, run);
const measure = (device: MeasuredDevice) => measureIn(profilerOf(device, programs));

describe('a browser', () => {
  const device: MeasuredDevice = { target: 'browser', precision: 'fp32' };

  it.each([1, 2])('times models in WebAssembly with %i threads, and is gone afterwards', async threads => {
    const found = await fingerprint(device).catch((error: Error) => error);
    if (found instanceof UserError) return console.log(`Skipped: ${found.message}.`);
    const profiles = () => readdirSync(tmpdir()).filter(name => name.startsWith('proxyless-browser-'));
    const before = profiles();
    const samples: string[] = [];
    const { measurements } = await measure(device)(models, { ...budget, threads, onSample: key => samples.push(key) });
    expect(measurements.map(({ key }) => key)).toEqual(['a', 'b']);
    for (const { key, medianMs, samples: count } of measurements) {
      expect(medianMs).toBeGreaterThan(0);
      expect(samples.filter(one => one === key)).toHaveLength(count);
    }
    expect(profiles()).toEqual(before);
    expect(found).toMatchObject({
      executionProvider: 'wasm',
      runtime: expect.stringMatching(/^onnxruntime-web [\d.]+ in \w/),
    });
  });

  it('says why a model cannot be opened', async () => {
    if ((await fingerprint(device).catch((error: Error) => error)) instanceof UserError) return;
    const bad = [{ key: 'bad', model: new Uint8Array(50).fill(7) }];
    await expect(measure(device)(bad, budget)).rejects.toThrow(/Measuring failed at "bad": /);
  });

  it('is asked for by name where CHROME_PATH names none', async () => {
    process.env.CHROME_PATH = join(root, 'no-browser');
    await expect(fingerprint(device)).rejects.toThrow(/no browser at .*no-browser, which CHROME_PATH names/);
    delete process.env.CHROME_PATH;
  });
});

describe('the accelerators of this machine', () => {
  it.each(accelerators)('%s is usable, or one sentence says why not', async target => {
    const device: MeasuredDevice = { target, precision: 'fp32' };
    const found = await fingerprint(device).catch((error: Error) => error);
    if (found instanceof Error) {
      expect(found).toBeInstanceOf(UserError);
      expect(found.message).toMatch(new RegExp(`${target} .*: (install what drives it, or )?use another device$`));
    } else {
      const { measurements } = await measure(device)(models, budget);
      expect(measurements[0].medianMs).toBeGreaterThan(0);
    }
  });
});

const reason = whyNoServer();
if (reason) console.log(`Skipped: another machine over ssh, because ${reason}.`);

describe.skipIf(reason)('another machine over ssh', () => {
  const device: MeasuredDevice = { target: 'ssh', host: 'loopback', precision: 'fp32' };
  let server: SshServer;

  beforeAll(async () => {
    server = await startSshServer(join(root, 'node_modules'));
  });
  afterAll(() => server.stop());

  it('says how to install onnxruntime where there is none', async () => {
    const found = await fingerprint(device).catch((error: Error) => error);
    expect(found).toBeInstanceOf(UserError);
    expect((found as Error).message).toMatch(
      /^loopback has no onnxruntime-node: install it there with ssh loopback "ONNXRUNTIME_NODE_INSTALL=skip npm install .* onnxruntime-node@[\d.]+"$/,
    );
  });

  it('says so where it cannot be reached', async () => {
    const nobody: MeasuredDevice = { ...device, host: 'nobody' };
    const found = await fingerprint(nobody).catch((error: Error) => error);
    expect(found).toBeInstanceOf(UserError);
    expect((found as Error).message).toMatch(/^nobody cannot be reached \(.*refused\): try ssh nobody in a terminal$/);
    await expect(measure(nobody)(models, budget)).rejects.toThrow(/cannot be reached/);
  });

  it('is the same as here when it is this machine, and times and traces like it', async () => {
    server.installRuntime();
    expect(await fingerprint(device)).toEqual(await fingerprint({ target: 'cpu', precision: 'fp32' }));
    const { measurements } = await measure(device)(models, budget);
    expect(measurements.map(({ key }) => key)).toEqual(['a', 'b']);
    expect(Math.min(...measurements.map(({ medianMs }) => medianMs))).toBeGreaterThan(0);
    const kernels = await traceIn(profilerOf(device, programs), reluModel(), { threads: 1, seconds: 0.05 });
    expect(kernels.map(({ op }) => op)).toContain('Relu');
  });

  it('stops when it is not wanted any more', async () => {
    const controller = new AbortController();
    const result = measure(device)(models, {
      ...budget,
      budgetSeconds: 1000,
      tolerance: 1e-12,
      signal: controller.signal,
      onSample: () => controller.abort(new Error('stopped by hand')),
    });
    await expect(result).rejects.toThrow('stopped by hand');
  });
});
