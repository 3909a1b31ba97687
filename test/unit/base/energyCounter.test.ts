import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EnergyCounter } from '../../../src/base/energyCounter.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'powercap-'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** A zone as the kernel's driver lays it out; all are in one folder, parts beside the package they belong to. */
function zone(folder: string, name: string, microjoules: number, range = 262_143_328_850): void {
  mkdirSync(join(root, folder));
  writeFileSync(join(root, folder, 'name'), `${name}\n`);
  writeFileSync(join(root, folder, 'max_energy_range_uj'), `${range}\n`);
  count(folder, microjoules);
}

function count(folder: string, microjoules: number): void {
  writeFileSync(join(root, folder, 'energy_uj'), `${microjoules}\n`);
}

describe('the energy counter of a machine', () => {
  it('adds up packages and memory, each thing once', () => {
    mkdirSync(join(root, 'intel-rapl'));
    zone('intel-rapl:0', 'package-0', 5_000_000);
    zone('intel-rapl:0:0', 'core', 0);
    zone('intel-rapl:0:1', 'uncore', 0);
    zone('intel-rapl:0:2', 'dram', 100);
    zone('intel-rapl:1', 'package-1', 7_000_000);
    zone('intel-rapl:2', 'psys', 0);
    zone('intel-rapl-mmio:0', 'package-0', 0);
    const counter = EnergyCounter.open(root);
    for (const folder of ['intel-rapl:0:0', 'intel-rapl:0:1', 'intel-rapl:2', 'intel-rapl-mmio:0'])
      count(folder, 900_000_000);
    count('intel-rapl:0', 8_000_000);
    count('intel-rapl:0:2', 250_100);
    count('intel-rapl:1', 7_500_000);
    expect(counter?.take()).toBeCloseTo(3 + 0.25 + 0.5, 12);
    expect(counter?.take()).toBe(0);
  });

  it('goes on where a counter begins again', () => {
    zone('intel-rapl:0', 'package-0', 999_000_000, 1_000_000_000);
    const counter = EnergyCounter.open(root);
    count('intel-rapl:0', 4_000_000);
    expect(counter?.take()).toBeCloseTo(5, 12);
    count('intel-rapl:0', 6_000_000);
    expect(counter?.take()).toBeCloseTo(2, 12);
  });

  it('is not there without counters, nor where one of them cannot be read', () => {
    expect(EnergyCounter.open(join(root, 'none'))).toBeUndefined();
    expect(EnergyCounter.open(root)).toBeUndefined();
    zone('intel-rapl:0', 'package-0', 1);
    expect(EnergyCounter.open(root)).toBeDefined();
    mkdirSync(join(root, 'intel-rapl:1'));
    writeFileSync(join(root, 'intel-rapl:1', 'name'), 'package-1\n');
    expect(EnergyCounter.open(root)).toBeUndefined();
  });

  it('says that it has lost count when a counter is gone', () => {
    zone('intel-rapl:0', 'package-0', 1);
    const counter = EnergyCounter.open(root);
    rmSync(join(root, 'intel-rapl:0', 'energy_uj'));
    expect(counter?.take()).toBeUndefined();
  });
});
