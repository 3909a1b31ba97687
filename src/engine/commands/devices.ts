import { UserError } from '../../base/errors.ts';
import { deviceName } from '../../latency/targets/target.ts';
import type { DeviceRow } from '../../protocol/devices.ts';
import { writtenDevice } from '../../space/deviceNames.ts';
import { accelerators, hostSchema, type MeasuredDevice } from '../../space/devices.ts';
import { deviceFingerprint } from '../search/profiling.ts';
import type { Command } from './command.ts';

/** Each is asked what it is, which accelerators answer only after they created and ran a model. */
export const devicesCommand: Command<'devices'> = async ({ hosts = [] }, asked) => {
  for (const host of hosts)
    if (!hostSchema.safeParse(host).success)
      throw new UserError(`"${host}" is no host: give one as ssh takes it, such as pi@raspberry.local`);
  const known: MeasuredDevice[] = [
    { target: 'cpu', precision: 'fp32' },
    { target: 'cpu', precision: 'int8' },
    { target: 'browser', precision: 'fp32' },
    ...accelerators.map(target => ({ target, precision: 'fp32' }) as const),
    ...hosts.map(host => ({ target: 'ssh', host, precision: 'fp32' }) as const),
  ];
  const devices: DeviceRow[] = [];
  // One after the other: drivers that start beside one another get in each other's way.
  for (const [i, device] of known.entries()) {
    const written = writtenDevice(device);
    asked.progress('devices', i / known.length, written);
    devices.push({ device: written, ...(await describe(device)) });
  }
  return { command: 'devices', devices };
};

async function describe(device: MeasuredDevice): Promise<Pick<DeviceRow, 'description' | 'reason'>> {
  try {
    return { description: deviceName(await deviceFingerprint(device, { threads: 1, batch: 1 })), reason: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { description: null, reason: error.message };
  }
}
