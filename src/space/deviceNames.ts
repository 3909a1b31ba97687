import { basename } from 'node:path';
import { UserError } from '../base/errors.ts';
import { type Device, describeDevice, deviceSchema } from './devices.ts';

/** A device as it is written in a search space: `'cpu'`, `cpu({ precision: 'int8' })`, `ssh('pi@raspberry.local')`. */
export function writtenDevice(device: Device): string {
  if (device.target === 'table') return `table('${device.file}')`;
  const options = device.precision === 'fp32' ? '' : `{ precision: '${device.precision}' }`;
  if (device.target === 'ssh') return `ssh(${[`'${device.host}'`, options].filter(Boolean).join(', ')})`;
  return options ? `${device.target}(${options})` : `'${device.target}'`;
}

/** A device in the fewest words: `cpu`, `cpu, int8`, `mobile_trim.yaml`. */
export function shortDevice(device: Device): string {
  return device.target === 'table' ? basename(device.file) : describeDevice(device);
}

/** `cpu({ precision: 'int8' })`, `ssh('host', { precision: 'int8' })`, `table('file.yaml')`. */
const CALL = /^(\w+)\(\s*(?:'([^']*)')?\s*,?\s*(?:\{\s*precision:\s*'(\w+)',?\s*\})?\s*\)$/;
/** For a shell, which takes quotes and brackets for its own: `cpu:int8`, `ssh:host`, `table:file.yaml`. */
const SHORT = /^(\w+):(.+)$/;
const NAME = /^'?(\w+)'?$/;

/** Reads a device as it is written in a search space, or in short. @throws UserError when it is none */
export function readDevice(text: string): Device {
  const [, target, argument, precision] = CALL.exec(text) ?? SHORT.exec(text) ?? NAME.exec(text) ?? [];
  const field = target === 'ssh' ? 'host' : target === 'table' ? 'file' : 'precision';
  const fields = Object.entries({ target, precision, ...(argument === undefined ? {} : { [field]: argument }) });
  const { data } = deviceSchema.safeParse(Object.fromEntries(fields.filter(([, value]) => value !== undefined)));
  // Without a target it would be the default.
  if (target !== undefined && data) return data;
  throw new UserError(
    `there is no device "${text}": name one as proxyless devices lists it, or cpu:int8, browser:int8, ssh:user@host, table:FILE`,
  );
}
