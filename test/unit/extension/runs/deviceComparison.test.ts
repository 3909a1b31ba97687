import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDeviceComparison } from '../../../../src/extension/runs/deviceComparison.ts';
import type { DeviceComparison } from '../../../../src/protocol/deviceComparison.ts';

const device = {
  name: 'cpu',
  description: 'a processor',
  fastestMs: 1,
  slowestMs: 3,
  targetMs: 2,
  costsMs: [[1], [0, 2]],
};
const comparison: DeviceComparison = {
  networks: 100,
  feasibleShare: 0.5,
  blocks: [
    { name: 'stem', candidates: ['conv'] },
    { name: 'stage1.block1', candidates: ['zero', 'mbconv'] },
  ],
  devices: [device, { ...device, name: 'browser' }],
  agreement: [{ devices: [0, 1], kendallTau: 0.9 }],
  disagreements: [{ block: 1, candidate: 1, dearer: 0, cheaper: 1, ratio: 1.5 }],
  chosen: [{ choices: [0, 1], latencyMs: [3, 3] }, null],
  absent: [{ name: 'webgpu', reason: 'none is there' }],
};

function read(content: unknown): Promise<DeviceComparison | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'proxyless-run-'));
  writeFileSync(join(folder, 'devices.json'), typeof content === 'string' ? content : JSON.stringify(content));
  return readDeviceComparison(folder);
}

describe('devices.json of a run', () => {
  it('is read as it was written', async () => {
    expect(await read(comparison)).toEqual(comparison);
    expect(await readDeviceComparison(mkdtempSync(join(tmpdir(), 'proxyless-run-')))).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['is no JSON', '{'],
    ['is something else', '[[]]'],
    ['has no devices', { ...comparison, devices: [], chosen: [] }],
    ['names a device that is not there', { ...comparison, agreement: [{ devices: [0, 2], kendallTau: 1 }] }],
    [
      'names a candidate that is not there',
      { ...comparison, disagreements: [{ block: 0, candidate: 1, dearer: 0, cheaper: 1, ratio: 2 }] },
    ],
    ['chooses what is not there', { ...comparison, chosen: [{ choices: [0, 2], latencyMs: [1, 1] }, null] }],
    ['chooses for fewer devices', { ...comparison, chosen: [null] }],
    ['has costs of another space', { ...comparison, devices: [device, { ...device, costsMs: [[1], [1]] }] }],
    ['has a latency that is a text', { ...comparison, devices: [{ ...device, fastestMs: '<img>' }, device] }],
    ['has more devices than there are', { ...comparison, devices: new Array(1000).fill(device), chosen: [] }],
  ])('is passed over where it %s', async (_, content) => {
    expect(await read(content)).toBeUndefined();
  });

  it('has no name that is a link, or longer than anyone reads', async () => {
    const name = `[x](command:quit)\n${'a'.repeat(5000)}`;
    const found = await read({
      ...comparison,
      absent: [{ name, reason: name }],
      devices: [{ ...device, name }, device],
    });
    for (const text of [found?.absent[0].reason, found?.devices[0].name]) {
      expect(text).toMatch(/^\[x\] \(command:quit\) a+…$/);
      expect(text?.length).toBeLessThan(400);
    }
  });
});
