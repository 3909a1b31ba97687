import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DeviceComparison, deviceComparisonSchema } from '../../src/protocol/deviceComparison.ts';
import { digitsSpace, phoneTable, writeDigits } from './digits.ts';
import { expectRefusal, resultOf } from './program.ts';

// One space on a phone by its table, on this machine in two precisions, and on another phone.
const folder = mkdtempSync(join(tmpdir(), 'proxyless-'));
const missing = 'Conv_1-input:7x7x16-output:7x7x32';
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const across = (of: string, ...devices: string[]) =>
  resultOf(folder, 'across', of, ...devices.flatMap(device => ['--device', device])) as unknown as DeviceComparison & {
    saved: string | null;
  };

let compared: ReturnType<typeof across>;
beforeAll(() => {
  writeDigits(folder);
  write('phone.yaml', phoneTable());
  write('other.yaml', phoneTable('', Math.sqrt));
  write('gap.yaml', phoneTable(missing));
  // From 2 + 6 + 1.5 + 0.5 to 2 + 5 + 10 + 6 + 1.5 + 0.5 ms.
  const objective = "{ latency: { targetMs: 16, device: table('phone.yaml') } }";
  write('phone.nas.ts', digitsSpace({ objective, epochs: 1, trainEpochs: 1 }));
  write('here.nas.ts', digitsSpace());
  write('small.nas.ts', digitsSpace({ objective: '{ budget: { macs: 1e6 } }' }));
  resultOf(folder, 'search', 'phone.nas.ts', '--threads', '1', '--out', 'run');
  compared = across('run', 'cpu', "cpu({ precision: 'int8' })", 'cpu:int8', 'table:other.yaml', 'table:gap.yaml');
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe('a run across devices', () => {
  it('has each of them once, the own one first, and says why one is left out', () => {
    expect(compared.devices.map(({ name }) => name)).toEqual(['phone.yaml', 'cpu', 'cpu, int8', 'other.yaml']);
    expect(compared.absent).toEqual([{ name: 'gap.yaml', reason: expect.stringContaining(missing) }]);
    expect(compared.devices[2].description).toMatch(/1 thread, batch 1, onnxruntime-node [\d.]+, int8$/);
  });

  it('prices networks as the table does, and gives the others targets in their ranges', () => {
    const [own, ...others] = compared.devices;
    expect(own).toMatchObject({ fastestMs: 10, slowestMs: 25, targetMs: 16 });
    for (const { fastestMs, slowestMs, targetMs } of others) {
      expect(targetMs).toBeGreaterThanOrEqual(fastestMs);
      expect(targetMs).toBeLessThan(slowestMs);
    }
    expect(compared.feasibleShare).toBeGreaterThan(0.2);
    expect(compared.feasibleShare).toBeLessThan(0.8);
  });

  it('chooses for each by the probabilities of the search, within its target', () => {
    expect(compared.chosen).toHaveLength(4);
    for (const [d, one] of compared.chosen.entries()) {
      const { choices, latencyMs } = one as NonNullable<typeof one>;
      expect(choices).toHaveLength(compared.blocks.length);
      expect(latencyMs[d]).toBeLessThanOrEqual(compared.devices[d].targetMs as number);
      // The table's times are whole and half milliseconds.
      expect(latencyMs[0] % 0.5).toBe(0);
    }
  });

  it('is kept in the run', () => {
    expect(compared.saved).toBe(join(folder, 'run', 'devices.json'));
    const { command, type, saved, ...contents } = compared as typeof compared & Record<'command' | 'type', string>;
    expect([command, type]).toEqual(['across', 'result']);
    const file = JSON.parse(readFileSync(saved as string, 'utf8'));
    expect(deviceComparisonSchema.parse(file)).toEqual(contents);
  });
});

describe('a file across devices', () => {
  it('uses the tables there are, and chooses nothing', () => {
    const file = across('here.nas.ts', 'cpu:int8');
    expect(file).toMatchObject({ chosen: [], saved: null, absent: [] });
    const costs = ({ devices }: DeviceComparison, name: string) => devices.find(one => one.name === name)?.costsMs;
    for (const name of ['cpu', 'cpu, int8']) expect(costs(file, name)).toEqual(costs(compared, name));
  });

  it.each([
    [['here.nas.ts', '--device', 'gpu'], 'there is no device "gpu": name one as proxyless devices lists it'],
    [['here.nas.ts', '--device', 'cpu'], "'cpu' is the space's own device: name another one"],
    [['run', '--device', 'table:phone.yaml'], /table\('.*phone\.yaml'\) is the space's own device/],
    [['run', '--device', 'table:gap.yaml'], /none of the devices can be measured: gap\.yaml: The latency table lacks/],
    [['small.nas.ts', '--device', 'cpu'], 'asks for no latency: there is nothing to compare devices by'],
    [['nowhere', '--device', 'cpu'], /no such file/],
  ])('refuses %j in one line', (args, problem) => {
    expectRefusal(folder, ['across', ...args], problem);
  });
});
