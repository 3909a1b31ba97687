import { UserError } from '../../base/errors.ts';
import { cpuTarget } from './cpu.ts';
import type { LatencyTarget } from './target.ts';

const targets: readonly LatencyTarget[] = [cpuTarget];

/** The target of that name. @throws UserError naming the known ones */
export function targetNamed(name: string): LatencyTarget {
  const target = targets.find(candidate => candidate.name === name);
  if (target) return target;
  const known = targets.map(candidate => candidate.name).join(', ');
  throw new UserError(`There is no latency target "${name}"; choose one of: ${known}.`);
}
