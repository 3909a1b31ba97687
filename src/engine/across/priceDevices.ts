import { shortDevice } from '../../space/deviceNames.ts';
import type { Device } from '../../space/devices.ts';
import { Stopped } from '../control/runControl.ts';
import type { Reporter } from '../reporter.ts';
import { findLatency } from '../search/runLatency.ts';
import type { Settings } from '../workspace.ts';
import { forDevice, type PricedDevice } from './compareDevices.ts';

/** A device that could not be measured, and why. */
export interface AbsentDevice {
  name: string;
  reason: string;
}

/**
 * What the networks of a space take on each of the devices: measured one after the other where no table is there yet, or read from
 * the tables of others. A device that cannot be had is left out.
 */
export async function priceDevices(
  settings: Settings,
  devices: readonly Device[],
  reporter: Reporter,
): Promise<{ priced: PricedDevice[]; absent: AbsentDevice[] }> {
  const priced: PricedDevice[] = [];
  const absent: AbsentDevice[] = [];
  for (const [i, device] of devices.entries()) {
    const name = shortDevice(device);
    const progress = (_: string, fraction: number, text: string) =>
      reporter.progress('devices', (i + fraction) / devices.length, `${name}: ${text}`);
    const there = { ...settings, space: forDevice(settings.space, device) };
    try {
      progress('devices', 0, 'looking for it');
      const latency = await findLatency(there, { ...reporter, progress });
      if (latency) priced.push({ device, description: latency.device, predictor: latency.predictor });
    } catch (error) {
      if (error instanceof Stopped) throw error;
      absent.push({ name, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { priced, absent };
}
