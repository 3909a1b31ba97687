import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTable } from '../../src/latency/table.ts';
import type { RunEvent } from '../../src/protocol/events.ts';
import { digitsSpace, writeDigits } from './digits.ts';
import { eventsOf, expectRefusal, interrupted, only } from './program.ts';

// A search on real images, and others that start from what it left.
const folder = mkdtempSync(join(tmpdir(), 'relaunch-'));
const base = join(folder, 'base');
const targetMs = 0.1;
const searchOf = (file: string, out: string) => [
  ...['search', file, '--target', String(targetMs), '--threads', '1', '--out', out],
];

beforeAll(async () => {
  writeDigits(folder);
  writeFileSync(join(folder, 'space.nas.ts'), digitsSpace());
  // The second stage is wider, the first has an operator more.
  const changed = digitsSpace()
    .replace('{ width: 16,', '{ width: 24,')
    .replace('...candidates, zero()]', '...candidates, mbconv({ kernel: 3, expand: 6 }), zero()]');
  writeFileSync(join(folder, 'changed.nas.ts'), changed);
  await searched('space.nas.ts', 'base', undefined, isStage('train'));
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true }));

const isStage = (stage: string) => (event: RunEvent) => event.type === 'stage' && event.stage === stage;
const found = (run: string): { alphas: number[][] } => JSON.parse(readFileSync(join(run, 'search.json'), 'utf8'));
const rounded = (rows: number[][]) => rows.map(row => row.map(value => Number(value.toPrecision(6))));

/** A search of the file that is stopped at an event; by default once the search itself is done. */
async function searched(
  file: string,
  out: string,
  from?: string,
  at: (event: RunEvent) => boolean = isStage('derive'),
) {
  const args = [...searchOf(file, out), ...(from === undefined ? [] : ['--inherit', from])];
  const { stderr } = await interrupted(folder, args, at, pid => process.kill(pid, 'SIGINT'));
  expect(stderr).not.toMatch(/\n? {4}at /);
  return eventsOf(join(folder, out));
}

describe('a search that inherits', { timeout: 120_000 }, () => {
  it('goes on with all weights and probabilities where nothing changed, without another warm-up', async () => {
    const events = await searched('space.nas.ts', 'again', 'base');
    const [inherited] = only(events, 'inherited');
    expect(inherited).toMatchObject({ fromRun: 'base', difference: [] });
    expect(inherited.blocks.map(block => [block.inherited, block.reason])).toEqual(
      inherited.blocks.map(() => [true, 'unchanged']),
    );
    const [first] = only(events, 'keyframe');
    expect(first.alphas).toEqual(rounded(found(base).alphas));
    const weights = only(events, 'weights');
    expect(weights.every(({ warmup }) => !warmup)).toBe(true);
    expect(weights[0].step).toBe(first.step);
    expect(weights[0].loss).toBeLessThan(only(eventsOf(base), 'weights')[0].loss);
    expect(only(events, 'architecture').length).toBe(only(eventsOf(base), 'architecture').length);
  });

  it('inherits the blocks that did not change, says so of each, and tells the difference', async () => {
    const events = await searched('changed.nas.ts', 'changed', 'base');
    const [{ blocks, difference }] = only(events, 'inherited');
    expect(difference).toEqual(['+ stage1: mbconv 3x3 e6', '~ stage2: width 16 -> 24']);
    expect(Object.fromEntries(blocks.map(({ block, inherited, reason }) => [block, inherited && reason]))).toEqual({
      stem: 'unchanged',
      'stage1.block1': 'the same but for candidates new: mbconv 3x3 e6',
      'stage2.block1': false,
      'stage2.block2': false,
      head: false,
    });
    const [{ alphas }] = only(events, 'keyframe');
    const [before] = rounded(found(base).alphas);
    expect([alphas[0][0], alphas[0][1], alphas[0][3]]).toEqual(before);
    expect(only(events, 'weights')[0]).toMatchObject({ step: 0, warmup: true });
  });

  it('takes the newest checkpoint of a run that was stopped in its search', async () => {
    const steps = only(eventsOf(base), 'weights').length;
    await searched('space.nas.ts', 'stopped', undefined, event => event.type === 'weights' && event.step > steps / 2);
    const before = only(eventsOf(join(folder, 'stopped')), 'weights');
    expect(before.length).toBeLessThan(steps);
    const [first] = only(await searched('space.nas.ts', 'on', 'stopped'), 'keyframe');
    expect(first.alphas.flat().some(alpha => Math.abs(alpha) > 0.02)).toBe(true);
  });

  it.each([
    ['none', /none is not the folder of a run/],
    ['digits', /digits is not the folder of a run/],
  ])('refuses to inherit from %s, which is no run', (from, problem) => {
    expectRefusal(folder, [...searchOf('space.nas.ts', 'refused'), '--inherit', from], problem);
  });
});

describe('the derived network', () => {
  it('is traced by layer: every block of it in order, together what was measured without the call', () => {
    const { layers } = JSON.parse(readFileSync(join(base, 'derived', 'trace.json'), 'utf8')) as {
      layers: { block: string; measuredMs: number }[];
    };
    expect(only(eventsOf(base), 'traced')).toMatchObject([{ layers }]);
    const [{ choices, measuredMs }] = only(eventsOf(base), 'derived');
    const [{ view }] = only(eventsOf(base), 'start');
    const kept = view?.blocks.filter(({ candidates }, i) => !candidates[choices[i]].zero).map(({ name }) => name);
    expect([...new Set(layers.map(({ block }) => block))]).toEqual(kept);
    const total = layers.reduce((sum, layer) => sum + layer.measuredMs, 0);
    expect(total).toBeCloseTo((measuredMs as number) - readTable(join(base, 'latency.json')).constantMs, 6);
  });

  it('is shown with the space it comes from: every candidate with its latency', () => {
    const [{ view, blocks }] = only(eventsOf(base), 'start');
    const choice = view?.blocks.filter(({ candidates }) => candidates.length > 1) ?? [];
    expect(choice.map(({ name, candidates }) => ({ name, candidates: candidates.map(one => one.name) }))).toEqual(
      blocks,
    );
    expect(choice.flatMap(({ candidates }) => candidates).every(({ latencyMs }) => latencyMs !== null)).toBe(true);
  });
});
