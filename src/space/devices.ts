import { basename } from 'node:path';
import { z } from 'zod';

/** How a network's numbers are kept while it runs: `int8` is quantised (8-bit weights and maps). */
export type Precision = 'fp32' | 'int8';

/** Where a network is to be fast. Made by `cpu()`, `browser()`, `ssh(host)`, `table(file)`, ... */
export type Device = MeasuredDevice | TableDevice;

/** A device that is at hand. */
export type MeasuredDevice =
  /** This machine's processor; the same inside a browser on it. */
  | { target: 'cpu' | 'browser'; precision: Precision }
  /** This machine's graphics or neural processor, by what the runtime drives it with. */
  | { target: Accelerator; precision: 'fp32' }
  /** The processor of another machine, reached by the person's own OpenSSH. */
  | { target: 'ssh'; host: string; precision: Precision };

/** A device one does not own, by a latency table that others published. Nothing is measured there. */
export interface TableDevice {
  target: 'table';
  /** Relative to the search-space file. */
  file: string;
}

export const accelerators = ['webgpu', 'cuda', 'directml', 'coreml'] as const;
export type Accelerator = (typeof accelerators)[number];

/** A device as a person writes it: without options its name is enough. */
export type DeviceDefinition = 'cpu' | 'browser' | Accelerator | Readonly<DeviceCall>;

/** What the functions below return: options that were left out are filled in when the space is checked. */
interface DeviceCall extends DeviceOptions {
  target: Device['target'];
  host?: string;
  file?: string;
}

export interface DeviceOptions {
  /** `fp32` unless said. */
  precision?: Precision;
}

/** This machine's processor: `cpu({ precision: 'int8' })`. */
export function cpu(options: DeviceOptions = {}): DeviceDefinition {
  return { target: 'cpu', ...options };
}

/** A browser on this machine, through WebAssembly with SIMD and threads. */
export function browser(options: DeviceOptions = {}): DeviceDefinition {
  return { target: 'browser', ...options };
}

/** The processor of another machine. @param host as `ssh` takes it: `pi@raspberry.local`, or a name of your ssh configuration */
export function ssh(host: string, options: DeviceOptions = {}): DeviceDefinition {
  return { target: 'ssh', host, ...options };
}

/**
 * A device you do not own, by its published latency table: that of the ProxylessNAS authors (Pixel 1) or of Once-for-All
 * (Note 10), or one of your own in their form. @param file the `*.yaml`, relative to the search-space file
 */
export function table(file: string): DeviceDefinition {
  return { target: 'table', file };
}

const precision = z.enum(['fp32', 'int8']).default('fp32');

/** A dash in front would be read as an option of ssh. */
export const hostSchema = z
  .string()
  .regex(/^[^\s-]\S*$/, { error: "give a host as ssh takes it, such as 'pi@raspberry.local'." });

const kinds = z.discriminatedUnion(
  'target',
  [
    z.strictObject({ target: z.enum(['cpu', 'browser']), precision }),
    z.strictObject({ target: z.enum(accelerators), precision: z.literal('fp32').default('fp32') }),
    z.strictObject({
      target: z.literal('ssh'),
      host: hostSchema,
      precision,
    }),
    z.strictObject({ target: z.literal('table'), file: z.string().min(1) }),
  ],
  {
    error: `there is no such device. Use ${['cpu', 'browser', ...accelerators].map(name => `'${name}'`).join(', ')}, cpu({ precision: 'int8' }), ssh('user@host') or table('file.yaml').`,
  },
);

export const deviceSchema = z
  .preprocess(value => (typeof value === 'string' ? { target: value } : value), kinds)
  .default({ target: 'cpu', precision: 'fp32' });

/** What is asked for where it can be measured; undefined where nothing is asked for, or of a table. */
export function measuredGoal<Goal extends { device: Device }>(
  goal: Goal | undefined,
): (Goal & { device: MeasuredDevice }) | undefined {
  return goal && isMeasured(goal) ? goal : undefined;
}

function isMeasured<Goal extends { device: Device }>(goal: Goal): goal is Goal & { device: MeasuredDevice } {
  return goal.device.target !== 'table';
}

/** A device in a few words, before anything is known of it: `browser`, `ssh pi@raspberry.local, int8`. */
export function describeDevice(device: Device): string {
  if (device.target === 'table') return `table of ${basename(device.file)}, not measured`;
  const place = device.target === 'ssh' ? `ssh ${device.host}` : device.target;
  return device.precision === 'fp32' ? place : `${place}, ${device.precision}`;
}
