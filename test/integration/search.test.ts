import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeTensors } from '../../src/export/safetensors.ts';
import { readTable } from '../../src/latency/table.ts';
import { quantisedSchema } from '../../src/protocol/devices.ts';
import { type Metrics, metricsSchema } from '../../src/protocol/metrics.ts';
import { deriveNetwork, macs, parameters } from '../../src/space/analysis.ts';
import { loadSearchSpace } from '../../src/space/load.ts';
import { DIGITS, digitsSpace, writeDigits } from './digits.ts';
import { eventsOf, expectRefusal, interrupted, type LastLine, only, proxyless, resultOf } from './program.ts';

// One whole search on real images, in small, and everything that can be done with its run.
const folder = mkdtempSync(join(tmpdir(), 'proxyless-'));
const run = join(folder, 'run');
const seed = '1';
let profiled: LastLine;
let targetMs: number;
let result: LastLine;
let searchArguments: string[];

beforeAll(() => {
  writeDigits(folder);
  writeFileSync(join(folder, 'space.nas.ts'), digitsSpace());
  profiled = resultOf(folder, 'profile', 'space.nas.ts');
  const times = readTable(profiled.table as string).networks.map(({ measuredMs }) => measuredMs);
  // A latency that many networks come near.
  targetMs = times.sort((a, b) => a - b)[times.length >> 1];
  searchArguments = ['search', 'space.nas.ts', '--target', String(targetMs), '--threads', '2'];
  result = resultOf(folder, ...searchArguments, '--seed', seed, '--out', 'run');
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

const json = (...names: string[]) => JSON.parse(readFileSync(join(run, ...names), 'utf8'));
const metrics = (): Metrics => metricsSchema.parse(json('derived', 'metrics.json'));

describe('a search', () => {
  it('reuses the latency table there is', () => {
    expect(only(eventsOf(run), 'profiled')).toMatchObject([{ reused: true }]);
    expect(metrics().profileSeconds).toBe(0);
    expect(readTable(join(run, 'latency.json'))).toEqual(readTable(profiled.table as string));
  });

  it('ends with the metrics and the summary that its folder holds', () => {
    expect(result).toMatchObject({ command: 'search', run, metrics: metrics() });
    expect(result.summary).toBe(readFileSync(join(run, 'summary.md'), 'utf8'));
  });

  it('records what is needed to run it again', () => {
    expect(json('run.json')).toMatchObject({ name: 'digits', seed: Number(seed), targetMs, epochs: 2, threads: 2 });
    expect(readFileSync(join(run, 'space.nas.ts'), 'utf8')).toBe(digitsSpace());
  });

  it('logs every step: paths and pulls of candidates there are, and alphas of every block', () => {
    const events = eventsOf(run);
    const [{ blocks }] = only(events, 'start');
    const sizes = blocks.map(({ candidates }) => candidates.length);
    expect(sizes).toEqual([3, 2, 3]);
    const perEpoch = Math.floor((DIGITS.train * 0.9) / 64);
    const weights = only(events, 'weights');
    expect(weights.map(({ step }) => step)).toEqual(Array.from({ length: 3 * perEpoch }, (_, step) => step));
    for (const { path, warmup, epoch } of weights) {
      expect(path.map((candidate, l) => candidate >= 0 && candidate < sizes[l])).toEqual([true, true, true]);
      expect(warmup).toBe(epoch === 0);
    }
    const architecture = only(events, 'architecture');
    expect(architecture).toHaveLength(perEpoch);
    for (const { pulls } of architecture)
      for (const [l, pull] of pulls.entries()) {
        expect(new Set(pull?.indices).size).toBe(2);
        expect(pull?.indices.every(i => i < sizes[l])).toBe(true);
        expect([pull?.accuracy.length, pull?.latency.length]).toEqual([2, 2]);
      }
    const epochs = only(events, 'epoch');
    expect(epochs.map(({ warmup }) => warmup)).toEqual([true, false, false]);
    for (const { alphas } of epochs) expect(alphas.map(row => row.length)).toEqual(sizes);
    expect(epochs[2].alphas.flat()).toEqual(rounded(json('search.json').alphas));
  });

  it('logs derivation, training and test of every network, and its end', () => {
    const events = eventsOf(run);
    const order = ['start', 'profiled', 'weights', 'architecture', 'derived', 'tested', 'done'];
    const firsts = order.map(type => events.findIndex(event => event.type === type));
    expect(firsts.toSorted((a, b) => a - b)).toEqual(firsts);
    expect(firsts[0]).toBe(0);
    expect(events.at(-1)?.type).toBe('done');
    expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).sort((a, b) => a - b));
    const names = ['derived', ...metrics().baselines.map(({ name }) => name)].sort();
    expect([...new Set(only(events, 'trained').map(({ network }) => network))].sort()).toEqual(names);
    const tested = new Map(only(events, 'tested').map(({ network, testAccuracy }) => [network, testAccuracy]));
    expect([...tested.keys()].sort()).toEqual(names);
    expect(tested.get('derived')).toBe(metrics().testAccuracy);
  });

  it.skipIf(availableParallelism() < 2)(
    'trains what does not depend on it beside it, on the core it leaves idle',
    () => {
      const events = eventsOf(run);
      const derived = events.findIndex(({ type }) => type === 'derived');
      const before = new Set(only(events.slice(0, derived), 'trained').map(({ network }) => network));
      const after = new Set(only(events.slice(derived), 'trained').map(({ network }) => network));
      expect([...before]).toEqual(['MobileNetV2 style']);
      expect(after).toContain('derived');
      expect(after).not.toContain('MobileNetV2 style');
    },
  );

  it('compares with a MobileNetV2-style network, the same scaled in width, and random ones', () => {
    const { baselines, exportDifference, params, macs } = metrics();
    expect(baselines.map(({ name }) => name)).toEqual([
      'MobileNetV2 style',
      expect.stringMatching(/^MobileNetV2 style, width x[\d.]+$/),
      'random feasible 1',
      'random feasible 2',
    ]);
    expect(exportDifference).toBeLessThan(1e-3);
    // Kernels of the style are 3x3, its expansion 6, and no block is left out.
    expect(baselines[0].macs).toBeGreaterThan(macs);
    expect(baselines[0].params).toBeGreaterThan(params);
    for (const { latencyMs, testAccuracy } of baselines) {
      expect(latencyMs).toBeGreaterThan(0);
      expect(testAccuracy).toBeLessThanOrEqual(1);
    }
  });

  it('learns: better than guessing among ten digits', () => {
    expect(metrics().testAccuracy).toBeGreaterThan(0.15);
  });

  it('names the operators of the derived network in the summary', () => {
    const { names } = json('derived', 'architecture.json');
    expect(only(eventsOf(run), 'derived')).toMatchObject([{ names }]);
    const rows = (result.summary as string).split('## Architecture')[1].match(/^\| \S+ +\| .*\|$/gm) as string[];
    const cells = rows.map(row => row.split('|')[2].trim()).filter(cell => !/^-+$|^operator$/.test(cell));
    expect(cells).toEqual(names);
  });

  it('gives the same run for the same seed, and another for another', async () => {
    const again = async (name: string, other: string) => {
      const args = [...searchArguments, '--seed', other, '--out', name];
      const ended = await interrupted(
        folder,
        args,
        event => event.type === 'stage' && event.stage === 'derive',
        pid => process.kill(pid, 'SIGINT'),
      );
      expect(ended.status).toBe(130);
      return stepsOf(join(folder, name));
    };
    const first = stepsOf(run);
    expect(await again('same', seed)).toEqual(first);
    const other = await again('other', '2');
    expect(other.alphas).not.toEqual(first.alphas);
    expect(other.losses).not.toEqual(first.losses);
  });
});

/** What a search did, without times. */
function stepsOf(run: string) {
  const events = eventsOf(run).map(({ at: _, ...event }) => event);
  const steps = events.filter(({ type }) => ['weights', 'architecture', 'epoch'].includes(type));
  return {
    steps,
    losses: steps.flatMap(event => (event.type === 'weights' ? [event.loss] : [])),
    alphas: JSON.parse(readFileSync(join(run, 'search.json'), 'utf8')).alphas,
    weights: decodeTensors(readFileSync(join(run, 'checkpoints', 'supernet.safetensors')), 'weights'),
  };
}

const rounded = (rows: number[][]) => rows.flat().map(value => Number(value.toPrecision(6)));

describe('the model of a run', () => {
  it('has the very accuracy of the metrics when it is tested from its file', () => {
    const tested = resultOf(folder, 'eval', 'run/derived/model.onnx', '--dataset', 'space.nas.ts');
    expect(tested).toMatchObject({ images: DIGITS.test, accuracy: metrics().testAccuracy });
  });

  it('is exported again with the same logits, and in no format there is not', () => {
    const copy = copyOf('exported');
    const { file, difference } = resultOf(folder, 'export', 'exported', '--format', 'onnx');
    expect(file).toBe(join(copy, 'derived', 'model.onnx'));
    expect(difference).toBeLessThan(1e-3);
    const before = resultOf(folder, 'eval', 'run/derived/model.onnx', '--dataset', 'space.nas.ts');
    const after = resultOf(folder, 'eval', 'exported/derived/model.onnx', '--dataset', 'space.nas.ts');
    expect(after).toEqual(before);
    expectRefusal(folder, ['export', 'exported', '--format', 'foo'], 'no export format "foo": use --format onnx');
  });

  it('is exported in 8 bits too, tested and timed beside fp32', () => {
    const copy = copyOf('quantised');
    const { file, ...result } = resultOf(folder, 'export', 'quantised', '--format', 'onnx-int8');
    const quantised = quantisedSchema.parse(result.quantised);
    expect(file).toBe(join(copy, 'derived', 'model.int8.onnx'));
    expect(quantised.testAccuracy.fp32).toBe(metrics().testAccuracy);
    const tested = resultOf(folder, 'eval', 'quantised/derived/model.int8.onnx', '--dataset', 'space.nas.ts');
    expect(tested.accuracy).toBe(quantised.testAccuracy.int8);
    expect(Math.abs(quantised.testAccuracy.int8 - quantised.testAccuracy.fp32)).toBeLessThan(0.03);
    expect(Math.min(quantised.latencyMs.fp32, quantised.latencyMs.int8)).toBeGreaterThan(0);
  });
});

describe('a run', () => {
  it('gives networks for other targets: derived anew, trained, then exported', async () => {
    const copy = copyOf('other-targets');
    const architecture = () => JSON.parse(readFileSync(join(copy, 'derived', 'architecture.json'), 'utf8'));
    const slow = resultOf(folder, 'derive', 'other-targets', '--target', '100');
    expect(architecture()).toMatchObject({ targetMs: 100, names: slow.names, measuredMs: slow.measuredMs });
    const { smallestMs } = only(eventsOf(run), 'profiled')[0];
    const fast = resultOf(folder, 'derive', 'other-targets', '--target', String((smallestMs as number) * 1.01));
    expect(architecture().names).toEqual(fast.names);
    expect(fast.names).not.toEqual(slow.names);
    expect(fast.predictedMs).toBeLessThan(slow.predictedMs as number);

    expectRefusal(folder, ['export', 'other-targets'], 'train it');
    const trained = resultOf(folder, 'train', 'other-targets', '--epochs', '1');
    const stored = metricsSchema.parse(JSON.parse(readFileSync(join(copy, 'derived', 'metrics.json'), 'utf8')));
    expect(trained.metrics).toEqual(stored);
    // What the search itself derived may be that very network: its figures say which one was trained.
    const space = await loadSearchSpace(join(copy, 'space.nas.ts'));
    const network = deriveNetwork(space, architecture().choices);
    expect([stored.params, stored.macs]).toEqual([parameters(network), macs(network)]);
    expect(stored.latencyMs).toMatchObject({ target: (smallestMs as number) * 1.01, predicted: fast.predictedMs });
    expect(resultOf(folder, 'export', 'other-targets').difference).toBeLessThan(1e-3);
  });

  it.each([
    ['derive', 'search.json'],
    ['derive', 'latency.json'],
    ['derive', 'checkpoints/supernet.safetensors'],
    ['train', 'derived/architecture.json'],
    ['export', 'derived/weights.safetensors'],
    ['export', 'run.json'],
  ])('%s refuses a damaged or missing %s', (command, name) => {
    const copy = copyOf('damaged');
    truncateSync(join(copy, name), 100);
    expectRefusal(folder, [command, 'damaged'], /damaged/);
    rmSync(join(copy, name));
    const { status, last } = proxyless(folder, command, 'damaged');
    expect(last).toMatchObject({ type: 'failure', user: true });
    expect(status).toBe(2);
  });

  it('is not written over by another search', () => {
    const before = readFileSync(join(run, 'events.jsonl'));
    expectRefusal(folder, [...searchArguments, '--out', 'run'], 'already holds a run');
    expect(readFileSync(join(run, 'events.jsonl'))).toEqual(before);
  });
});

function copyOf(name: string): string {
  const copy = join(folder, name);
  rmSync(copy, { recursive: true, force: true });
  cpSync(run, copy, { recursive: true });
  return copy;
}
