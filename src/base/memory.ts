import { readFileSync } from 'node:fs';

/**
 * Largest resident memory of this process so far, in MB (2^20 bytes). On Linux from the process's own high-water mark:
 * the figure of `getrusage` begins at the parent's for a forked child.
 */
export function peakRssMb(): number {
  try {
    const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'));
    if (line) return Number(line[1]) / 1024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS / 1024;
}
