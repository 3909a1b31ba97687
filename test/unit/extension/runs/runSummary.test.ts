import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isResumable, summariseRun } from '../../../../src/extension/runs/runSummary.ts';
import { logText, start } from './exampleLog.ts';

const record = {
  name: 'tiny',
  file: 'tiny.nas.ts',
  began: '2026-11-24T21:38:47.399Z',
  seed: 1,
  targetMs: 0.5,
  dataset: { name: 'digits' },
  device: { processor: 'Some CPU', platform: 'linux x64', runtime: 'onnxruntime-node', threads: 1, batch: 1 },
};
const network = { name: 'x', testAccuracy: 0.9, latencyMs: 1, macs: 1, params: 1 };
const metrics = {
  testAccuracy: 0.92,
  latencyMs: { target: 0.5, predicted: 0.5, measured: 0.49 },
  macs: 1,
  params: 1,
  seed: 1,
  profileSeconds: 1,
  searchSeconds: 1,
  trainSeconds: 1,
  peakRssMb: 1,
  exportDifference: 0,
  dominatedBy: [],
  baselines: [network],
};

/** A run's folder with these files; objects as JSON. */
function run(files: Record<string, unknown>): string {
  const folder = mkdtempSync(join(tmpdir(), 'proxyless-run-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

const stopped = logText([start, { type: 'stopped', step: 5 }]);

describe('summariseRun', () => {
  it('tells what a finished run came to', async () => {
    const folder = run({ 'run.json': record, 'derived/metrics.json': metrics, 'summary.md': '#', 'search.json': '{}' });
    expect(await summariseRun(folder, false)).toMatchObject({
      name: 'tiny',
      state: 'done',
      accuracy: 0.92,
      latencyMs: 0.49,
      processor: 'Some CPU',
      searched: true,
      derived: false,
      reported: true,
    });
  });

  it.each([
    ['stopped', stopped],
    ['interrupted', logText([start])],
    ['interrupted', ''],
  ])('calls a run without a result %s by the end of its log', async (state, log) => {
    const summary = await summariseRun(run({ 'run.json': record, 'events.jsonl': log }), false);
    expect(summary?.state).toBe(state);
  });

  it.each([
    ['a checkpoint', 'checkpoints/step-0000010.safetensors', true],
    ['a finished search', 'search.json', true],
    ['a checkpoint that was being written', 'checkpoints/step-0000010.safetensors.tmp', false],
    ['its log alone', 'events.jsonl', false],
  ])('with %s says whether it can be gone on with', async (_, file, resumable) => {
    const summary = await summariseRun(run({ 'run.json': record, 'events.jsonl': stopped, [file]: stopped }), false);
    expect(summary && isResumable(summary)).toBe(resumable);
  });

  it('calls a run running while its process is there, and not when it is gone', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const [, fields] = /\) (.*)/.exec(await readProc(child.pid)) ?? [];
    const lock = { pid: child.pid, began: fields?.split(' ')[19] ?? null };
    const folder = run({ 'run.json': record, 'running.json': lock });
    expect((await summariseRun(folder, false))?.state).toBe('running');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect((await summariseRun(folder, false))?.state).toBe('interrupted');
  });

  it('passes over folders that are no run', async () => {
    expect(await summariseRun(run({}), false)).toBeUndefined();
    expect(await summariseRun(run({ 'run.json': '[1, 2' }), false)).toBeUndefined();
    expect(await summariseRun(run({ 'run.json': 'null' }), false)).toBeUndefined();
  });

  it('takes each field of a damaged record for itself', async () => {
    const damaged = { ...record, name: { toString: 1 }, began: 'run 1', targetMs: 'soon', device: [1], dataset: null };
    expect(await summariseRun(run({ 'run.json': damaged, 'running.json': '{"pid":-1}' }), false)).toMatchObject({
      name: expect.stringContaining('proxyless-run-'),
      began: '',
      targetMs: undefined,
      processor: '',
      dataset: '',
      state: 'interrupted',
    });
  });

  it('shortens texts that nobody would read', async () => {
    const long = { ...record, name: `<img src=x>\n${'a'.repeat(1_000_000)}` };
    const summary = await summariseRun(run({ 'run.json': long }), false);
    expect(summary?.name.length).toBeLessThan(400);
    expect(summary?.name).not.toContain('\n');
  });

  it('has no name that is a link', async () => {
    const named = { ...record, name: '[Resume](command:workbench.action.quit)' };
    expect((await summariseRun(run({ 'run.json': named }), false))?.name).toBe(
      '[Resume] (command:workbench.action.quit)',
    );
  });
});

async function readProc(pid: number | undefined): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  return readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
}
