import { describe, expect, it } from 'vitest';
import { type Contender, dominators } from '../../../src/engine/contest/contest.ts';
import { writeSummary } from '../../../src/engine/contest/summary.ts';
import type { Metrics } from '../../../src/protocol/metrics.ts';
import { tinySpace } from './tinySpace.ts';

const network = (name: string, testAccuracy: number, latencyMs: number) => ({
  name,
  testAccuracy,
  latencyMs,
  macs: 1_500_000,
  params: 12_340,
});

describe('dominators', () => {
  it('are at least as good in both and better in one', () => {
    const own = network('derived', 0.9, 2);
    const baselines = [
      network('equal', 0.9, 2),
      network('faster', 0.9, 1.9),
      network('more accurate', 0.91, 2),
      network('better in both', 0.95, 1),
      network('faster, less accurate', 0.89, 1),
      network('more accurate, slower', 0.99, 2.1),
    ];
    expect(dominators(own, baselines)).toEqual(['faster', 'more accurate', 'better in both']);
  });

  it('are judged by what was asked for: latency, budgets or both, and never by a latency nobody knows', () => {
    const own = network('derived', 0.9, 2);
    const unknown = { ...network('not in the table', 0.95, 1), latencyMs: undefined };
    const larger = { ...network('faster but larger', 0.95, 1), macs: 2_000_000 };
    const smaller = { ...network('slower but smaller', 0.9, 3), macs: 1_000_000 };
    const baselines = [unknown, larger, smaller];
    expect(dominators(own, baselines)).toEqual(['faster but larger']);
    expect(dominators(own, baselines, ['macs'])).toEqual([]);
    const uncosted = { ...own, latencyMs: undefined };
    expect(dominators(uncosted, baselines, ['macs'])).toEqual(['not in the table', 'slower but smaller']);
  });
});

describe('writeSummary', () => {
  const contender = (name: string, testAccuracy: number, latencyMs: number) => ({
    ...network(name, testAccuracy, latencyMs),
    exportDifference: 0,
    seconds: 1,
    peakRssMb: 1,
  });
  const metrics: Metrics = {
    testAccuracy: 0.9137,
    latencyMs: { target: 0.5, predicted: 0.51234, measured: 0.49 },
    macs: 1_500_000,
    params: 12_340,
    seed: 7,
    profileSeconds: 31.6,
    searchSeconds: 120.2,
    trainSeconds: 60,
    peakRssMb: 512.4,
    exportDifference: 0.0000123,
    dominatedBy: [],
    baselines: [],
  };
  const networks = [contender('derived', 0.9137, 0.49), contender('random feasible 1', 0.9, 0.4)];

  it('is this text', () => {
    expect(writeSummary(tinySpace(), [0, 1, 0, 2, 0], metrics, networks, 'a processor', ['Mind the data.'])).toBe(
      `# tiny: a network for 0.5 ms

Test accuracy 91.37 %, latency 0.4900 ms measured (0.5123 predicted, -2.0 % of the target), on a processor. Seed 7.

| network           | test accuracy | latency   | MACs   | parameters |
| ----------------- | ------------- | --------- | ------ | ---------- |
| derived           | 91.37 %       | 0.4900 ms | 1.50 M | 12.3 k     |
| random feasible 1 | 90.00 %       | 0.4000 ms | 1.50 M | 12.3 k     |

No baseline is both as accurate and as fast.

Mind the data.

## Architecture

| block         | operator      |
| ------------- | ------------- |
| stem          | conv 3x3      |
| stage1.block1 | mbconv 5x5 e6 |
| stage2.block1 | mbconv 3x3 e3 |
| stage2.block2 | zero          |
| head          | head          |

## Time, memory and energy

Profiling 32 s, search 120 s, training of the derived network 60 s, peak memory 512 MB. The exported model's logits differ from the trained network's by at most 1.2e-5.
`,
    );
  });

  const text = (changed: Partial<Metrics>, device: string, of: Contender[] = networks) =>
    writeSummary(tinySpace(), [0, 1, 0, 2, 0], { ...metrics, ...changed }, of, device, []);

  it('says of a latency by the table of others that it was not measured, and leaves out what the table lacks', () => {
    const lacking: Contender = { ...networks[1], latencyMs: undefined };
    const latencyMs = { target: 80, predicted: 78.4 };
    const said = text({ latencyMs }, 'table of phone.yaml, not measured', [networks[0], lacking]);
    expect(said).toContain(
      'Test accuracy 91.37 %, latency 78.400 ms (-2.0 % of the target) as predicted by the table of phone.yaml, not measured. Seed 7.',
    );
    expect(said).toMatch(/\| random feasible 1 +\| 90\.00 % +\| – /);
  });

  it('tells of budgets what is allowed and what the network takes, and of latency nothing where none is asked for', () => {
    const budget = { macs: 2e6, peakActivationBytes: 65_536 };
    const said = text({ latencyMs: undefined, budget, peakActivationBytes: 51_200 }, '');
    expect(said).toContain(
      '# tiny: a network within 2.00 M MACs and 64.0 KiB of maps\n\nTest accuracy 91.37 %. Seed 7.',
    );
    expect(said).toContain(
      'It takes 1.50 M MACs of at most 2.00 M MACs, 50.0 KiB of maps of at most 64.0 KiB of maps.',
    );
    expect(said).toContain('No baseline is both as accurate and as small.');
    expect(said).not.toContain('latency');
  });

  it('tells of energy what an inference takes, by estimate and as measured, and the run as a whole', () => {
    const budget = { energyMicrojoules: 50 };
    const energies = { energyMicrojoules: 41.62, measuredMicrojoules: 1234 };
    const of = [
      { ...networks[0], ...energies },
      { ...networks[1], energyMicrojoules: 30 },
    ];
    const said = text({ ...energies, budget, energyJoules: 12_345, energyEstimated: true }, 'a processor', of);
    expect(said).toContain('a network for 0.5 ms within 50.0 µJ (estimated)');
    expect(said).toContain('It takes 41.6 µJ (estimated) of at most 50.0 µJ (estimated).');
    expect(said).toMatch(/\| energy, estimated \| energy, measured \|/);
    expect(said).toMatch(/\| derived .*\| 41\.6 µJ +\| 1\.23 mJ +\|/);
    expect(said).toMatch(/\| random feasible 1 .*\| 30\.0 µJ +\| – +\|/);
    expect(said).toContain('\nEnergy of the run: 12.3 kJ, estimated from processor time.\n');
    expect(text({ energyJoules: 30, energyEstimated: false }, '')).toContain('30.0 J, measured by the counters');
  });

  it('names the baselines that are as accurate and as fast', () => {
    const dominated = { ...metrics, dominatedBy: ['a', 'b'] };
    expect(writeSummary(tinySpace(), [0, 1, 0, 2, 0], dominated, networks, '', [])).toContain(
      '\nAt least as accurate and as fast: a, b.\n',
    );
  });

  it('says what was read off where the machine changed its pace since the network was chosen', () => {
    const at = (pace: number) => {
      const latencyMs = { target: 0.5, predicted: 0.51234, measured: 0.49, pace };
      return writeSummary(tinySpace(), [0, 1, 0, 2, 0], { ...metrics, latencyMs }, networks, 'a processor', []);
    };
    expect(at(0.95)).toContain('the machine was 5.0 % faster than when the derived one was chosen');
    expect(at(0.95)).toContain('0.4655 ms was read off.');
    expect(at(1.02)).toContain('2.0 % slower');
    expect(at(1.005)).not.toContain('read off');
  });
});
