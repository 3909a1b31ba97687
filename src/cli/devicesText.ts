import type { DeviceRow } from '../protocol/devices.ts';

/** The devices as a person reads them: first what can be measured, as it is written in a search space. */
export function devicesText(devices: readonly DeviceRow[]): string {
  const width = Math.max(...devices.map(({ device }) => device.length));
  const line = ({ device, description, reason }: DeviceRow) => `  ${device.padEnd(width)}  ${description ?? reason}`;
  const usable = devices.filter(({ description }) => description !== null);
  const others = devices.filter(({ description }) => description === null);
  return [
    'Can be measured from here (objective.latency.device):',
    ...usable.map(line),
    ...(others.length > 0 ? ['', 'Cannot:', ...others.map(line)] : []),
    '',
    "Another machine: ssh('user@host'), which proxyless devices --host user@host tries.",
  ].join('\n');
}
