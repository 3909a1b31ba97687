import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EnergyMeter, WATTS_PER_BUSY_CORE } from '../../../src/engine/energyMeter.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'meter-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const zone = () => join(folder, 'intel-rapl:0');
const count = (joules: number) => writeFileSync(join(zone(), 'energy_uj'), `${joules * 1e6}\n`);
function counted(): EnergyMeter {
  mkdirSync(zone());
  writeFileSync(join(zone(), 'name'), 'package-0\n');
  writeFileSync(join(zone(), 'max_energy_range_uj'), '262143328850\n');
  count(1000);
  return new EnergyMeter({ powercap: folder });
}

/** Takes this much processor time, however long it has to wait for it. */
const BUSY_SECONDS = 0.4;
const BUSY = `while (process.cpuUsage().user < ${1e6 * BUSY_SECONDS});`;
const BUSY_JOULES = BUSY_SECONDS * WATTS_PER_BUSY_CORE;

describe('an energy meter with a counter', () => {
  it('tells what was measured since it was made', () => {
    const meter = counted();
    expect(meter.read()).toEqual({ joules: 0, estimated: false });
    count(1012.5);
    expect(meter.read()).toEqual({ joules: 12.5, estimated: false });
    count(1020);
    expect(meter.read()).toEqual({ joules: 20, estimated: false });
  });

  it('leaves out pauses', () => {
    const meter = counted();
    count(1003);
    meter.hold(true);
    count(1500);
    expect(meter.read().joules).toBe(3);
    meter.hold(false);
    count(1501);
    expect(meter.read()).toEqual({ joules: 4, estimated: false });
  });

  it('goes on from what was taken before, the first time it is told', () => {
    const meter = counted();
    meter.goOnFrom(undefined);
    meter.goOnFrom({ joules: 100, estimated: false });
    meter.goOnFrom({ joules: 5, estimated: true });
    count(1002);
    expect(meter.read()).toEqual({ joules: 102, estimated: false });
  });

  it('goes on by estimates, and says so, where the counter disappears', () => {
    const meter = counted();
    count(1030);
    meter.read();
    rmSync(zone(), { recursive: true });
    spawnSync(process.execPath, ['-e', BUSY]);
    const { joules, estimated } = meter.read();
    expect(estimated).toBe(true);
    expect(joules).toBeGreaterThan(30 + 0.9 * BUSY_JOULES);
    expect(joules).toBeLessThan(30 + 5 * BUSY_JOULES);
  });
});

describe('an energy meter without a counter', () => {
  const linux = existsSync('/proc/self/stat');

  it('counts processor time of children that have ended', ({ skip }) => {
    skip(!linux, 'the system has no /proc');
    const meter = new EnergyMeter({ powercap: folder });
    const before = meter.read();
    expect(before.estimated).toBe(true);
    spawnSync(process.execPath, ['-e', BUSY]);
    expect(meter.read().joules - before.joules).toBeGreaterThan(0.9 * BUSY_JOULES);
  });

  it('counts processor time of children at work, and nothing for those that wait', async ({ skip }) => {
    skip(!linux, 'the system has no /proc');
    const meter = new EnergyMeter({ powercap: folder });
    const script = join(folder, 'child.mjs');
    writeFileSync(script, `${BUSY} process.send('done'); process.on('message', () => process.exit());`);
    const child = fork(script, { execArgv: [] });
    const before = meter.read().joules;
    await once(child, 'message');
    const worked = meter.read().joules;
    expect(worked - before).toBeGreaterThan(0.9 * BUSY_JOULES);
    await new Promise(resolve => setTimeout(resolve, 500));
    const waited = meter.read().joules;
    expect(waited - worked).toBeLessThan(0.5 * BUSY_JOULES);
    child.send('end');
    await once(child, 'close');
    // What an ended child took moves to the times of its parent: it is not counted again.
    expect(meter.read().joules - waited).toBeLessThan(0.5 * BUSY_JOULES);
  });

  it('takes helpers for busy where the system does not tell of them', async () => {
    let helpers = 0;
    const meter = new EnergyMeter({ powercap: folder, proc: folder, helpers: () => helpers });
    const before = meter.read().joules;
    const began = performance.now();
    helpers = 2;
    await new Promise(resolve => setTimeout(resolve, 300));
    const worked = meter.read().joules - before;
    const joules = (2 * (performance.now() - began) * WATTS_PER_BUSY_CORE) / 1000;
    expect(worked).toBeGreaterThan(0.8 * joules);
    // What this process itself has done besides.
    expect(worked).toBeLessThan(1.5 * joules);
  });
});
