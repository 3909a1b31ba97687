import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Metrics, metricsSchema } from '../../src/protocol/metrics.ts';
import { digitsSpace, phoneTable, writeDigits } from './digits.ts';
import { eventsOf, expectRefusal, type LastLine, only, resultOf } from './program.ts';

// Searches for devices that are not at hand: within budgets, and by the latency table of others.
const folder = mkdtempSync(join(tmpdir(), 'proxyless-'));
beforeAll(() => writeDigits(folder));
afterAll(() => rmSync(folder, { recursive: true }));

function search(name: string, objective: string): LastLine {
  writeFileSync(join(folder, `${name}.nas.ts`), digitsSpace({ objective, epochs: 1, trainEpochs: 1 }));
  return resultOf(folder, 'search', `${name}.nas.ts`, '--threads', '1', '--out', name);
}

const read = (...names: string[]) => readFileSync(join(folder, ...names), 'utf8');
const metricsOf = (run: string): Metrics => metricsSchema.parse(JSON.parse(read(run, 'derived', 'metrics.json')));

describe('a search within budgets alone', () => {
  let result: LastLine;
  const budget = { macs: 250_000, peakActivationBytes: 30_000 };
  beforeAll(() => {
    result = search('small', `{ budget: ${JSON.stringify(budget)} }`);
  }, 120_000);

  it('profiles and measures nothing', () => {
    expect(existsSync(join(folder, 'small', 'latency.json'))).toBe(false);
    expect(existsSync(join(folder, '.nas', 'cache', 'latency'))).toBe(false);
    expect(only(eventsOf(join(folder, 'small')), 'profiled')).toEqual([]);
    expect(only(eventsOf(join(folder, 'small')), 'traced')).toEqual([]);
    expect(JSON.stringify(result.metrics)).not.toMatch(/latencyMs/);
  });

  it('finds a network within them, and says so', () => {
    const { macs, peakActivationBytes = 0, baselines, ...metrics } = metricsOf('small');
    expect(metrics.budget).toEqual(budget);
    expect(macs).toBeLessThanOrEqual(budget.macs);
    expect(peakActivationBytes).toBeLessThanOrEqual(budget.peakActivationBytes);
    for (const { name, macs } of baselines.filter(({ name }) => name.startsWith('random')))
      expect([name, macs <= budget.macs]).toEqual([name, true]);
    expect(result.summary).toContain('# digits: a network within 250.0 k MACs and 29.3 KiB of maps');
    expect(result.summary).toMatch(
      /It takes \d+\.\d k MACs of at most 250\.0 k MACs, \d+\.\d KiB of maps of at most 29\.3 KiB/,
    );
    expect(result.summary).not.toMatch(/latency|measured/);
  });

  it('logs what is expected of each, and how hard it pulls', () => {
    const events = eventsOf(join(folder, 'small'));
    const [{ view, targetMs }] = only(events, 'start');
    expect(view).toMatchObject({ budget, device: '' });
    expect(targetMs).toBeUndefined();
    const steps = only(events, 'architecture');
    expect(steps.length).toBeGreaterThan(0);
    for (const { expectedMs, budgets } of steps) {
      expect(expectedMs).toBeUndefined();
      expect(budgets?.macs?.expected).toBeGreaterThan(0);
      expect(budgets?.macs?.lambda).toBeGreaterThanOrEqual(0);
    }
    // Memory has no term: what exceeds it is banned from the start.
    const [{ banned }] = only(events, 'keyframe');
    const tooLarge = view?.blocks
      .filter(({ candidates }) => candidates.length > 1)
      .map(({ candidates }) =>
        candidates.flatMap(({ peakActivationBytes = 0 }, i) =>
          peakActivationBytes > budget.peakActivationBytes ? [i] : [],
        ),
      );
    expect(tooLarge?.flat().length).toBeGreaterThan(0);
    for (const [choice, candidates] of (tooLarge ?? []).entries())
      expect(banned[choice]).toEqual(expect.arrayContaining(candidates));
  });

  it('comes down to one that only two of the 18 networks keep', () => {
    search('smaller', '{ budget: { macs: 150e3 } }');
    expect(metricsOf('smaller').macs).toBeLessThanOrEqual(150e3);
    // What is left to choose is the kernel of the block that has to be there.
    const [{ banned }] = only(eventsOf(join(folder, 'smaller')), 'keyframe');
    expect(banned).toEqual([[0, 1], [], [0, 1]]);
  }, 120_000);

  it('finds a network within an energy, and says what the run took itself', () => {
    search('frugal', '{ budget: { energyMicrojoules: 6 } }');
    const { energyMicrojoules = 0, energyJoules = 0, energyEstimated, ...rest } = metricsOf('frugal');
    expect(energyMicrojoules).toBeGreaterThan(0);
    expect(energyMicrojoules).toBeLessThanOrEqual(6);
    for (const { name, energyMicrojoules = 0 } of rest.baselines.filter(({ name }) => name.startsWith('random')))
      expect([name, energyMicrojoules <= 6]).toEqual([name, true]);
    expect(typeof energyEstimated).toBe('boolean');
    const events = eventsOf(join(folder, 'frugal'));
    expect(only(events, 'done')[0].energy?.joules).toBeGreaterThanOrEqual(energyJoules);
    // Five networks were trained, in processes of their own.
    const training = only(events, 'stage').find(({ stage }) => stage === 'train');
    expect(energyJoules - (training?.energy?.joules ?? energyJoules)).toBeGreaterThan(1);
    expect(only(events, 'architecture')[0].budgets?.energyMicrojoules?.expected).toBeGreaterThan(0);
    expect(read('frugal', 'summary.md')).toMatch(/Energy of the run: [\d.]+ k?J, (estimated|measured)/);
  }, 120_000);

  it('can be derived, trained and exported again', () => {
    const derived = resultOf(folder, 'derive', 'small');
    expect(derived).not.toHaveProperty('measuredMs');
    expectRefusal(folder, ['derive', 'small', '--target', '1'], 'asks for no latency');
    expectRefusal(folder, ['profile', 'small.nas.ts'], 'nothing to measure');
    resultOf(folder, 'train', 'small', '--epochs', '1');
    expect(resultOf(folder, 'export', 'small').difference).toBeLessThan(1e-3);
  }, 120_000);

  it('is refused below the smallest network, with its figure and place', () => {
    writeFileSync(join(folder, 'none.nas.ts'), digitsSpace({ objective: '{ budget: { macs: 1000 } }' }));
    expectRefusal(
      folder,
      ['search', 'none.nas.ts', '--out', 'none'],
      /none\.nas\.ts:\d+:\d+: The budget of 1\.0 k MACs is below the smallest network of the space, which takes \d+\.\d k MACs/,
    );
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });
});

describe('a search by the latency table of a device one does not own', () => {
  let result: LastLine;
  beforeAll(() => {
    writeFileSync(join(folder, 'phone.yaml'), phoneTable());
    // From 2 + 6 + 1.5 + 0.5 to 26 ms.
    result = search('phone', "{ latency: { targetMs: 16, device: table('phone.yaml') } }");
  }, 120_000);

  it('says that its latencies are predicted, and has none that were measured', () => {
    const { latencyMs } = metricsOf('phone');
    expect(latencyMs?.target).toBe(16);
    expect(latencyMs).not.toHaveProperty('measured');
    expect(latencyMs?.predicted).toBeLessThanOrEqual(16);
    expect(latencyMs?.predicted).toBeGreaterThanOrEqual(15);
    expect(result.summary).toContain('as predicted by the table of phone.yaml, not measured');
    const events = eventsOf(join(folder, 'phone'));
    expect(only(events, 'derived')[0]).not.toHaveProperty('measuredMs');
    expect(only(events, 'traced')).toEqual([]);
    expect(existsSync(join(folder, 'phone', 'latency.json'))).toBe(false);
    expect(only(events, 'start')[0].view).toMatchObject({ predictedBy: 'phone.yaml', targetMs: 16 });
  });

  it('prices what it is compared with where the table has all of its operators, and guesses nothing', () => {
    const { baselines } = metricsOf('phone');
    for (const { name, latencyMs } of baselines) {
      if (name.startsWith('random')) expect(latencyMs).toBeLessThanOrEqual(16);
      // Its operators have expansion 6.
      if (name.startsWith('MobileNetV2')) expect(latencyMs).toBeUndefined();
    }
    expect(result.summary).toMatch(/\| MobileNetV2 style +\| [\d.]+ % +\| – /);
  });

  it('keeps the table with the run, from which other networks are derived', () => {
    expect(read('phone', 'latency.yaml')).toBe(phoneTable());
    rmSync(join(folder, 'phone.yaml'));
    const fast = resultOf(folder, 'derive', 'phone', '--target', '11');
    expect(fast.predictedMs).toBeLessThanOrEqual(11);
    expect(fast).not.toHaveProperty('measuredMs');
    expectRefusal(folder, ['derive', 'phone', '--target', '9'], 'which takes 10 ms');
  });

  it('is refused where an entry is missing, by its name', () => {
    const missing = 'expanded_conv-input:14x14x8-output:7x7x16-expand:3-kernel:5-stride:2-idskip:0';
    writeFileSync(join(folder, 'phone.yaml'), phoneTable(missing));
    expectRefusal(
      folder,
      ['search', 'phone.nas.ts', '--out', 'gap'],
      `The latency table lacks an operator of the space: ${missing}.`,
    );
    expectRefusal(folder, ['profile', 'phone.nas.ts'], 'nothing to measure');
  });
});
