import type { MeasuredDevice } from '../../space/devices.ts';
import type { Profiler } from '../profilerClient.ts';
import { acceleratorTarget } from './accelerator.ts';
import { browserTarget } from './browser.ts';
import { cpuTarget } from './cpu.ts';
import type { ProfilerPrograms, TargetKind } from './kind.ts';
import { sshTarget } from './ssh.ts';
import type { Fingerprint, RunOptions } from './target.ts';

const kinds: { readonly [Name in MeasuredDevice['target']]: TargetKind } = {
  cpu: cpuTarget,
  browser: browserTarget,
  ssh: sshTarget,
  webgpu: acceleratorTarget,
  cuda: acceleratorTarget,
  directml: acceleratorTarget,
  coreml: acceleratorTarget,
};

/** How to measure on a device. */
export function profilerOf(device: MeasuredDevice, programs: ProfilerPrograms): Profiler {
  return { device, connect: kinds[device.target].connect(device, programs) };
}

/** What the device is. @throws UserError when it cannot be had, saying what to do */
export function fingerprintOf(
  device: MeasuredDevice,
  programs: ProfilerPrograms,
  options: RunOptions,
): Promise<Fingerprint> {
  return kinds[device.target].fingerprint(device, programs, options);
}
