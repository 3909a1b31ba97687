import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const POWERCAP = '/sys/class/powercap';

/** One counter in microjoules; it begins again at 0 after `range`. */
interface Domain {
  file: string;
  range: number;
  last: number;
}

/**
 * Energy as processors count it themselves and Linux reports it (RAPL, `intel-rapl` also on AMD): of every package, which
 * holds its cores and its graphics, and of the memory beside it. It is that of the whole machine, whoever works on it. The
 * counters move about once a millisecond, and on most systems only root may read them.
 */
export class EnergyCounter {
  private constructor(private readonly domains: Domain[]) {}

  /**
   * @param root the folder of the powercap classes
   * @returns undefined where there are no counters, or one cannot be read: a part would pass for the whole
   */
  static open(root = POWERCAP): EnergyCounter | undefined {
    try {
      const zones = readdirSync(root).filter(name => /^intel-rapl:\d+(:\d+)?$/.test(name));
      const domains = zones
        .map(zone => join(root, zone))
        .filter(zone => isCounted(read(zone, 'name')))
        .map(zone => {
          const file = join(zone, 'energy_uj');
          return { file, range: Number(read(zone, 'max_energy_range_uj')), last: Number(read(file)) };
        });
      return domains.length > 0 ? new EnergyCounter(domains) : undefined;
    } catch {
      return undefined;
    }
  }

  /**
   * To be asked at least once in a counter's round, which takes many minutes.
   *
   * @returns joules since the last time it was asked, or was opened; undefined when a counter cannot be read any more
   */
  take(): number | undefined {
    try {
      const microjoules = this.domains.map(domain => {
        const now = Number(read(domain.file));
        const grown = now - domain.last;
        domain.last = now;
        return grown < 0 ? grown + domain.range : grown;
      });
      return microjoules.reduce((sum, part) => sum + part, 0) / 1e6;
    } catch {
      return undefined;
    }
  }
}

/** Not the cores and graphics inside a package, nor `psys`, which holds the packages. */
function isCounted(name: string): boolean {
  return name.startsWith('package-') || name === 'dram';
}

function read(...path: string[]): string {
  return readFileSync(join(...path), 'utf8').trim();
}
