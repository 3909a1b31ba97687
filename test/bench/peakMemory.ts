import { readFileSync } from 'node:fs';

/**
 * Peak resident memory of this process so far, MiB. On Linux not `resourceUsage`, whose figure a child inherits from its
 * parent.
 */
export function peakRssMb(): number {
  const kib =
    process.platform === 'linux'
      ? Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
      : process.resourceUsage().maxRSS;
  return kib / 1024;
}
