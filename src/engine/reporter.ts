import type { RunEvent } from '../protocol/events.ts';

/** Where the engine tells how it stands: to the process that asked, and into the run's log once there is a run. */
export interface Reporter {
  /** @param fraction of the stage that is done, 0 to 1 */
  progress(stage: string, fraction: number, text: string): void;
  event(event: RunEvent): void;
  /** A line for people. */
  note(text: string): void;
}
