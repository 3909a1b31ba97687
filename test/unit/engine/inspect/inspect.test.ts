import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { memoryShortage } from '../../../../src/engine/inspect/checks.ts';
import { inspect } from '../../../../src/engine/inspect/inspect.ts';
import { spaceOperators } from '../../../../src/latency/operators.ts';
import { saveTable } from '../../../../src/latency/table.ts';
import { onnxruntimeTarget } from '../../../../src/latency/targets/onnxruntime.ts';
import type { Fingerprint } from '../../../../src/latency/targets/target.ts';
import { activationBytes, analyse } from '../../../../src/space/analysis.ts';
import { countedCost } from '../../../../src/space/budgets.ts';
import { costRange } from '../../../../src/space/cost.ts';
import { defineSearchSpace, imageFolder, mbconv, type SearchSpace, zero } from '../../../../src/space/index.ts';
import { loadSearchSpace } from '../../../../src/space/load.ts';
import { table as exampleTable } from '../../latency/exampleTable.ts';

const folder = mkdtempSync(join(tmpdir(), 'inspect-'));
const tables = join(folder, 'latency');
const file = join(folder, 'space.nas.ts');
let device: Fingerprint;

beforeAll(async () => {
  device = await onnxruntimeTarget({ target: 'cpu', precision: 'fp32' }).fingerprint({ threads: 1, batch: 1 });
  for (const part of ['train', 'test']) mkdirSync(join(folder, 'images', part), { recursive: true });
});
beforeEach(() => rmSync(tables, { recursive: true, force: true }));
afterAll(() => rmSync(folder, { recursive: true }));

const candidates = [mbconv({ kernel: 3, expand: 3 }), mbconv({ kernel: 5, expand: 6 }), zero()];

/** A stem-less space of some blocks that may vanish, and a head. */
function spaceOf({ depth = 2, targetMs = 1, images = 'images', also = [] as typeof candidates } = {}): SearchSpace {
  return defineSearchSpace({
    name: 'inspected',
    dataset: imageFolder(images, { classes: 3 }),
    input: [8, 8, 8],
    stem: [],
    stages: [{ width: 8, depth, candidates: [...also, ...candidates] }],
    head: {},
    objective: { latency: { targetMs } },
  });
}

/** Keeps a table of this device in which the operators of a space take 0.1, 0.2, ... ms. */
function profiled(space: SearchSpace, { of = device, date = '2026-01-02T03:04:05.000Z' } = {}): string {
  const keys = [...spaceOperators(space).graphs.keys()];
  const entries = keys.map((key, i) => [key, { isolatedMs: 9, madMs: 0, samples: 9, fittedMs: (i + 1) / 10, date }]);
  return saveTable(tables, {
    ...exampleTable,
    device: of,
    date,
    constantMs: 0.05,
    entries: Object.fromEntries(entries),
  });
}

const latencies = async (space: SearchSpace) =>
  (await inspect(space, file, tables)).view.blocks.map(block => block.candidates.map(({ latencyMs }) => latencyMs));

describe('inspect', () => {
  it('tells of blocks, candidates and sizes, of no latency where nothing was profiled', async () => {
    const space = spaceOf();
    const { view, ...found } = await inspect(space, file, tables);
    const { macs, parameters } = analyse(space);
    const peakActivationBytes = costRange(countedCost(space, 'peakActivationBytes'));
    const energyMicrojoules = costRange(countedCost(space, 'energyMicrojoules'));
    const sizes = { macs, params: parameters, peakActivationBytes, energyMicrojoules };
    expect(found).toEqual({ architectures: 9, ...sizes, latencyMs: null, table: null, warnings: [] });
    expect(view).toMatchObject({ name: 'inspected', input: [8, 8, 8], classes: 3, targetMs: 1, fixedMs: null });
    expect(view.device).toContain('1 thread, batch 1, onnxruntime-node');
    expect(view.blocks.map(({ name }) => name)).toEqual(['stage1.block1', 'stage1.block2', 'head']);
    const [small, large, none] = view.blocks[0].candidates;
    expect(small).toMatchObject({ name: 'mbconv 3x3 e3', zero: false, latencyMs: null });
    expect(small.place?.file).toBe(import.meta.filename);
    expect(large.macs).toBeGreaterThan(small.macs);
    expect(none).toMatchObject({ name: 'zero', zero: true, macs: 0, params: 0 });
  });

  it('tells all but latencies of a space whose device cannot be had, and why it cannot', async () => {
    process.env.CHROME_PATH = join(folder, 'no-browser');
    const space = spaceOf();
    const latency = { targetMs: 1, threads: 1, batch: 1, device: { target: 'browser', precision: 'int8' } as const };
    const { view, warnings, macs } = await inspect(
      { ...space, objective: { ...space.objective, latency } },
      file,
      tables,
    );
    delete process.env.CHROME_PATH;
    expect(view.device).toBe('browser, int8');
    expect(macs.min).toBeGreaterThan(0);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatchObject({
      path: 'objective.latency.device',
      message: expect.stringMatching(/^There is no browser at .*, which CHROME_PATH names: correct it, or unset it\.$/),
    });
  });

  it('gives latencies of a table of this machine, and the range of all networks', async () => {
    const at = profiled(spaceOf());
    expect(await latencies(spaceOf())).toEqual([[0.1, 0.2, 0], [0.1, 0.2, 0], [0.3]]);
    const { latencyMs, table, view } = await inspect(spaceOf(), file, tables);
    expect(latencyMs?.min).toBeCloseTo(0.05 + 0.3, 12);
    expect(latencyMs?.max).toBeCloseTo(0.05 + 0.2 + 0.2 + 0.3, 12);
    expect(table).toMatchObject({ file: at, within5pct: 0.95 });
    expect(view.fixedMs).toBe(0.05);
  });

  it('leaves out what no table has, and then knows no range', async () => {
    profiled(spaceOf());
    const also = [mbconv({ kernel: 7, expand: 6 })];
    expect(await latencies(spaceOf({ also }))).toEqual([[null, 0.1, 0.2, 0], [null, 0.1, 0.2, 0], [0.3]]);
    expect((await inspect(spaceOf({ also }), file, tables)).latencyMs).toBeNull();
  });

  it('takes the table that has most of the operators, of several the newest, and none of another machine', async () => {
    const also = [mbconv({ kernel: 7, expand: 6 })];
    const complete = profiled(spaceOf({ also }), { date: '2026-01-01T00:00:00.000Z' });
    profiled(spaceOf());
    profiled(spaceOf({ also }), { of: { ...device, processor: 'another' }, date: '2026-03-01T00:00:00.000Z' });
    expect((await inspect(spaceOf({ also }), file, tables)).table?.file).toBe(complete);
  });

  it('warns of a target that no network reaches, and says what the smallest takes', async () => {
    profiled(spaceOf());
    const { warnings } = await inspect(spaceOf({ targetMs: 0.2 }), file, tables);
    expect(warnings).toMatchObject([
      { path: 'objective.latency.targetMs', message: expect.stringContaining('which takes 0.35 ms') },
    ]);
    expect((await inspect(spaceOf({ targetMs: 0.36 }), file, tables)).warnings).toEqual([]);
  });

  it('finds a step that does not fit into memory, and one that just does', () => {
    const space = spaceOf();
    const needed = activationBytes(space, space.schedule.batch);
    expect(memoryShortage(space, needed)).toBeUndefined();
    expect(memoryShortage(space, needed - 1)).toMatchObject({
      path: 'schedule.batch',
      message: expect.stringContaining(`A step of ${space.schedule.batch} images needs about`),
    });
  });

  it('says the number of networks in digits where a number would round it', async () => {
    expect((await inspect(spaceOf({ depth: 40 }), file, tables)).architectures).toBe(String(3n ** 40n));
  });

  it('points at the lines of unsaved text: a data set that is not there, a target', async () => {
    writeFileSync(file, 'not what the editor holds');
    const text = [
      `import { defineSearchSpace, imageFolder, mbconv } from 'proxyless-studio';`,
      `export default defineSearchSpace({`,
      `  name: 'unsaved',`,
      `  dataset: imageFolder('pictures', { classes: 3 }),`,
      `  input: [8, 8, 8], stem: [], head: {},`,
      `  stages: [{ width: 8, depth: 1, candidates: [mbconv({ kernel: 3, expand: 3 })] }],`,
      `  objective: { latency: { targetMs: 0.01 } },`,
      `});`,
    ].join('\n');
    const space = await loadSearchSpace(file, { text });
    profiled(space);
    const { warnings, view } = await inspect(space, file, tables);
    expect(warnings.map(({ place }) => place)).toEqual([
      { file, line: 4, column: 3 },
      { file, line: 7, column: 27 },
    ]);
    expect(warnings[0].message).toContain(`cannot read ${join(folder, 'pictures', 'train')}`);
    expect(view.blocks[0].candidates[0].place).toMatchObject({ file, line: 6 });
  });
});
