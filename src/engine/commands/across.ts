import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { readDevice, writtenDevice } from '../../space/deviceNames.ts';
import type { Device } from '../../space/devices.ts';
import { compareDevices, type PricedDevice } from '../across/compareDevices.ts';
import { type AbsentDevice, priceDevices } from '../across/priceDevices.ts';
import { allowedAlphas, openRun, readSearch } from '../run/record.ts';
import type { RunStore } from '../run/runStore.ts';
import { keptLatency, tablePath } from '../search/runLatency.ts';
import { loadSettings, type Settings } from '../workspace.ts';
import type { Command } from './command.ts';
import { withoutRun } from './withoutRun.ts';

export const acrossCommand: Command<'across'> = async ({ of, devices }, asked) => {
  const subject: Subject = isFolder(of) ? await openSearched(of) : { settings: await loadSettings(of, {}) };
  const { settings, own, alphas, store } = subject;
  const { space, file, seed } = settings;
  const goal = space.objective.latency;
  if (!goal) throw new UserError('this space asks for no latency: there is nothing to compare devices by', { file });
  const others = othersOf(settings, goal.device, devices);
  const { priced, absent } = await priceDevices(settings, own ? others : [goal.device, ...others], withoutRun(asked));
  const reference = own ?? priced.find(({ device }) => device === goal.device);
  const besides = priced.filter(one => one !== reference);
  if (besides.length === 0) throw new UserError(`none of the devices can be measured: ${reasons(absent)}`);
  const compared = compareDevices(space, reference, besides, { targetMs: goal.targetMs, alphas, seed });
  store?.writeJson('devices.json', { ...compared, absent });
  return { command: 'across', saved: store?.path('devices.json') ?? null, ...compared, absent };
};

interface Subject {
  settings: Settings;
  /** What the goal's own device takes, where that is known already. */
  own?: PricedDevice;
  alphas?: number[][];
  store?: RunStore;
}

/** A run, to this process alone: by its own table, and by its architecture parameters once its search has ended. */
async function openSearched(folder: string): Promise<Subject> {
  const { store, settings, latency } = await openRun(folder, {}, keptLatency);
  store.take();
  const goal = settings.space.objective.latency;
  return {
    store,
    settings,
    own: latency && goal && { device: goal.device, description: latency.device, predictor: latency.predictor },
    alphas: store.has('search.json') ? allowedAlphas(readSearch(store, settings)) : undefined,
  };
}

/**
 * The devices that are named besides the space's own, each once.
 *
 * @throws UserError for what is no device, and where no other one is named
 */
function othersOf(settings: Settings, own: Device, names: readonly string[]): Device[] {
  const ownTable = tablePath(settings);
  const ownName = writtenDevice(ownTable === undefined ? own : { target: 'table', file: ownTable });
  const named = names.map(readDevice).map((device): [string, Device] => {
    const found: Device = device.target === 'table' ? { ...device, file: resolve(device.file) } : device;
    return [writtenDevice(found), found];
  });
  const others = new Map(named.filter(([name]) => name !== ownName));
  if (others.size > 0) return [...others.values()];
  throw new UserError(`${ownName} is the space's own device: name another one to compare it with`);
}

function reasons(absent: readonly AbsentDevice[]): string {
  return absent.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
