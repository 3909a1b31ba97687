import { describe, expect, it } from 'vitest';
import { readDevice, shortDevice, writtenDevice } from '../../../src/space/deviceNames.ts';
import type { Device } from '../../../src/space/devices.ts';

const devices: [Device, written: string, short: string][] = [
  [{ target: 'cpu', precision: 'fp32' }, "'cpu'", 'cpu'],
  [{ target: 'cpu', precision: 'int8' }, "cpu({ precision: 'int8' })", 'cpu, int8'],
  [{ target: 'webgpu', precision: 'fp32' }, "'webgpu'", 'webgpu'],
  [
    { target: 'ssh', host: 'pi@raspberry.local', precision: 'fp32' },
    "ssh('pi@raspberry.local')",
    'ssh pi@raspberry.local',
  ],
  [{ target: 'ssh', host: 'pi', precision: 'int8' }, "ssh('pi', { precision: 'int8' })", 'ssh pi, int8'],
  [{ target: 'table', file: 'tables/mobile trim.yaml' }, "table('tables/mobile trim.yaml')", 'mobile trim.yaml'],
];

describe.each(devices)('the device %j', (device, written, short) => {
  it('is written as in a search space, and read back', () => {
    expect(writtenDevice(device)).toBe(written);
    expect(readDevice(written)).toEqual(device);
  });

  it('has a short name for people', () => {
    expect(shortDevice(device)).toBe(short);
  });
});

describe('readDevice', () => {
  it.each([
    ['cpu', "'cpu'"],
    ['cpu()', "'cpu'"],
    ['cpu:int8', "cpu({ precision: 'int8' })"],
    ['browser:int8', "browser({ precision: 'int8' })"],
    ['ssh:pi@raspberry.local', "ssh('pi@raspberry.local')"],
    ['table:C:\\tables\\a.yaml', "table('C:\\tables\\a.yaml')"],
  ])('takes %s as a shell lets one type it', (text, written) => {
    expect(writtenDevice(readDevice(text))).toBe(written);
  });

  it.each(['', 'gpu', 'cpu:int4', 'webgpu:int8', 'ssh', 'ssh:-oProxyCommand=x', 'table', "cpu('a', 'b')", 'cpu; rm'])(
    'refuses "%s"',
    text => {
      expect(() => readDevice(text)).toThrow(`there is no device "${text}": name one as proxyless devices lists it`);
    },
  );
});
