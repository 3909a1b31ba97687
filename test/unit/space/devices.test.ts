import { describe, expect, it } from 'vitest';
import type { DeviceDefinition } from '../../../src/space/devices.ts';
import { browser, conv, cpu, defineSearchSpace, fashionMnist, ssh } from '../../../src/space/index.ts';

function deviceOf(device: DeviceDefinition | undefined) {
  return defineSearchSpace({
    name: 'test',
    dataset: fashionMnist(),
    stem: [],
    stages: [{ width: 8, depth: 1, candidates: [conv({ kernel: 3 })] }],
    head: {},
    objective: { latency: { targetMs: 1, device } },
  }).objective.latency?.device;
}

describe('the device of an objective', () => {
  it("is this machine's processor in fp32 unless said", () => {
    expect(deviceOf(undefined)).toEqual({ target: 'cpu', precision: 'fp32' });
    expect(deviceOf('cpu')).toEqual(deviceOf(cpu()));
  });

  it('is a name, or a call with options', () => {
    expect(deviceOf('webgpu')).toEqual({ target: 'webgpu', precision: 'fp32' });
    expect(deviceOf(cpu({ precision: 'int8' }))).toEqual({ target: 'cpu', precision: 'int8' });
    expect(deviceOf(browser())).toEqual(deviceOf('browser'));
    expect(deviceOf(ssh('pi@raspberry.local'))).toEqual({
      target: 'ssh',
      host: 'pi@raspberry.local',
      precision: 'fp32',
    });
  });

  it.each([
    [
      'a name that is none',
      'gpu',
      /there is no such device\. Use 'cpu', 'browser', .* ssh\('user@host'\) or table\('file\.yaml'\)/,
    ],
    ['ssh without a host', 'ssh', /host/],
    ['a host that ssh would read as an option', ssh('-oProxyCommand=touch'), /host.*give a host as ssh takes it/],
    ['a precision that is none', { target: 'cpu', precision: 'int4' }, /precision" must be one of "fp32", "int8"/],
    [
      'int8 where the runtime has no such kernels',
      { target: 'webgpu', precision: 'int8' },
      /precision" must be one of "fp32"/,
    ],
    [
      'an option that is misspelt',
      { target: 'cpu', precison: 'int8' },
      /Unknown field "precison".*Did you mean "precision"/,
    ],
  ])('refuses %s', (_what, device, message) => {
    expect(() => deviceOf(device as DeviceDefinition)).toThrow(message);
  });
});
