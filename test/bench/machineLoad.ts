import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** Cores that were busy, on average, while this process slept for the given time: with our own idle, others' work. */
export async function busyCores(ms: number): Promise<number> {
  const [start, before] = [performance.now(), busyMs()];
  await sleep(ms);
  return (busyMs() - before) / (performance.now() - start);
}

/** Milliseconds that all cores together have worked since the machine started. */
function busyMs(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
}
