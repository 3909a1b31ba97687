import { join } from 'node:path';
import { type DeviceComparison, deviceComparisonSchema } from '../../protocol/deviceComparison.ts';
import { clip, readJson } from './runFiles.ts';

export type { DeviceComparison };

/** More than anyone compares; beyond, a file is not one of ours. */
const MOST_ROWS = 2000;

/** `devices.json` of a run, with names that can be shown; undefined where there is none that can be drawn. */
export async function readDeviceComparison(folder: string): Promise<DeviceComparison | undefined> {
  const found = await readJson(join(folder, 'devices.json'), deviceComparisonSchema);
  return found && shown(found);
}

function shown(comparison: DeviceComparison): DeviceComparison {
  const { blocks, devices, agreement, disagreements, absent } = comparison;
  return {
    ...comparison,
    blocks: blocks.map(({ name, candidates }) => ({ name: clip(name), candidates: candidates.map(clip) })),
    devices: devices.map(one => ({ ...one, name: clip(one.name), description: clip(one.description) })),
    agreement: agreement.slice(0, MOST_ROWS),
    disagreements: disagreements.slice(0, MOST_ROWS),
    absent: absent.slice(0, MOST_ROWS).map(({ name, reason }) => ({ name: clip(name), reason: clip(reason) })),
  };
}
