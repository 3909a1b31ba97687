import { readFileSync } from 'node:fs';
import { EnergyCounter } from '../base/energyCounter.ts';
import type { Energy } from '../protocol/energy.ts';

/**
 * Watts of a hardware thread that is busy, with its share of the server around it: the mean over the processors of a cloud
 * (AWS) at full load, by the Cloud Carbon Footprint project from published results of SPECpower_ssj2008.
 */
export const WATTS_PER_BUSY_CORE = 3.5;

/** Of the times in Linux's `/proc`, whatever the kernel's own clock. */
const TICKS_PER_SECOND = 100;

export interface EnergyMeterOptions {
  /** Folder of Linux's energy counters. */
  powercap?: string;
  /** Folder of Linux's process files. */
  proc?: string;
  /** Processes that work for this one at the moment, for where the system does not tell what they take. */
  helpers?: () => number;
}

/**
 * Joules that an engine takes: as the machine counts them, else processor time of the engine and all it starts times a usual
 * power. To be read every second or so.
 */
export class EnergyMeter {
  private readonly proc: string;
  private readonly helpers: () => number;
  private counter: EnergyCounter | undefined;
  private before: Energy | undefined;
  private joules = 0;
  private estimated = false;
  private held = false;
  /** Processor seconds that were counted. */
  private seconds = 0;
  private helpedSeconds = 0;
  private readAt = performance.now();

  constructor({ powercap, proc = '/proc', helpers = () => 0 }: EnergyMeterOptions = {}) {
    this.proc = proc;
    this.helpers = helpers;
    this.counter = EnergyCounter.open(powercap);
  }

  /** What earlier processes took for the same run; the first word counts. */
  goOnFrom(before: Energy | undefined): void {
    this.before ??= before;
  }

  /** A pause: what the machine takes meanwhile is not the run's. */
  hold(held: boolean): void {
    this.read();
    this.held = held;
  }

  read(): Energy {
    const measured = this.counter?.take();
    const seconds = this.processorSeconds();
    const worked = Math.max(0, seconds - this.seconds);
    this.seconds += worked;
    // A counter that failed once has lost count.
    if (measured === undefined) this.counter = undefined;
    if (!this.held) {
      this.joules += measured ?? WATTS_PER_BUSY_CORE * worked;
      this.estimated ||= measured === undefined;
    }
    const { joules = 0, estimated = false } = this.before ?? {};
    // Six digits, as all that the log is told.
    return { joules: Number((joules + this.joules).toPrecision(6)), estimated: estimated || this.estimated };
  }

  /** Of this process and of all it has started, ended ones included. */
  private processorSeconds(): number {
    const now = performance.now();
    this.helpedSeconds += (this.helpers() * (now - this.readAt)) / 1000;
    this.readAt = now;
    const told = treeSeconds(this.proc, process.pid);
    if (told !== undefined) return told;
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6 + this.helpedSeconds;
  }
}

/** By Linux's process files; undefined where there are none, as for a process that has just ended. */
function treeSeconds(proc: string, pid: number): number | undefined {
  try {
    const stat = readFileSync(`${proc}/${pid}/stat`, 'utf8');
    // The name, in brackets, may hold anything; utime, stime and those of children that have ended are fields 14 to 17.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const own = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
    const children = readFileSync(`${proc}/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    return children.reduce((sum, child) => sum + (treeSeconds(proc, Number(child)) ?? 0), own);
  } catch {
    return undefined;
  }
}
