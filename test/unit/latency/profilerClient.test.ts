import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../../src/base/errors.ts';
import { forked } from '../../../src/latency/links/forked.ts';
import type { Measure } from '../../../src/latency/measure.ts';
import { measureIn } from '../../../src/latency/profilerClient.ts';
import { named } from './fakeTarget.ts';

const folder = mkdtempSync(join(tmpdir(), 'profiler-'));
const script = join(folder, 'profiler.mjs');
const crashed = join(folder, 'crashed');
const options = { threads: 1, seed: 1, budgetSeconds: 0.1 };
let measure: Measure;

beforeAll(() => {
  buildSync({
    entryPoints: [join(import.meta.dirname, 'crashingProfiler.ts')],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
  const connect = forked(script, { env: { ...process.env, CRASHED: crashed } });
  measure = measureIn({ device: { target: 'cpu', precision: 'fp32' }, connect }, 2);
});
beforeEach(() => rmSync(crashed, { force: true }));
afterAll(() => rmSync(folder, { recursive: true }));

describe('measureIn', () => {
  it('measures in a process of its own and reports progress', async () => {
    const opened: string[] = [];
    const progress: number[] = [];
    const report = await measure(named('a', 'b'), {
      ...options,
      onOpen: key => opened.push(key),
      onProgress: share => progress.push(share),
    });
    expect(report.measurements.map(m => m.key)).toEqual(['a', 'b']);
    expect(opened).toEqual(['a', 'b']);
    expect(progress.at(-1)).toBe(1);
  });

  it('survives a crash without losing a sample', async () => {
    const opened: string[] = [];
    const streamed = new Map<string, number>();
    const report = await measure(named('a', 'weak'), {
      ...options,
      onOpen: key => opened.push(key),
      onSample: key => streamed.set(key, (streamed.get(key) ?? 0) + 1),
    });
    expect(opened).toEqual(['a', 'weak', 'a', 'weak']);
    for (const { key, samples } of report.measurements) expect(samples).toBe(streamed.get(key));
  });

  it('names the model when the process crashes again and again', async () => {
    const result = measure(named('a', 'killer'), options);
    await expect(result).rejects.toBeInstanceOf(UserError);
    await expect(result).rejects.toThrow(/ended 3 times .*signal SIGKILL.* "killer"/);
  });

  it('passes on why a model cannot be opened, without starting again', async () => {
    await expect(measure(named('bad model'), options)).rejects.toThrow('"bad model": cannot open bad model');
  });

  it('ends when aborted', async () => {
    const controller = new AbortController();
    const result = measure(named('a'), {
      ...options,
      budgetSeconds: 1000,
      tolerance: 1e-12,
      signal: controller.signal,
      onSample: () => controller.abort(new Error('stopped by hand')),
    });
    await expect(result).rejects.toThrow('stopped by hand');
  });
});
