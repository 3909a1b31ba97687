import { setTimeout as sleep } from 'node:timers/promises';
import type { RunControl } from './runControl.ts';

const RESTING_MS = 3_000;
const BREATH_MS = 500;

/** Some seconds in which nothing is done; half a second at a time, so that who stops or pauses the run need not wait. */
export async function rest(control: Pick<RunControl, 'breathe'>): Promise<void> {
  for (let waited = 0; waited < RESTING_MS; waited += BREATH_MS) {
    await sleep(BREATH_MS);
    await control.breathe();
  }
}
