import type { Energy } from '../protocol/energy.ts';
import type { LoggedEvent, RunEvent } from '../protocol/events.ts';
import type { RunControl } from './control/runControl.ts';

/**
 * Where the engine tells how it stands, to the process that asked and into the run's log once there is a run; and what it
 * is told in turn.
 */
export interface Reporter {
  /** @param fraction of the stage that is done, 0 to 1 */
  progress(stage: string, fraction: number, text: string): void;
  event(event: RunEvent): void;
  /** A line for people. */
  note(text: string): void;
  /** Images that were trained on, for the throughput. */
  processed(images: number): void;
  /** What the run has taken so far. */
  energy(): Energy;
  control: RunControl;
}

/** The process that asked, before it is known whether there is a run. */
export interface Asked extends Reporter {
  /** There is a run, and this much in its log already. */
  run(folder: string, lines: number): void;
  /** What earlier processes took for the run; only the first word counts. */
  tookBefore(energy: Energy | undefined): void;
  /** An event as it stands in the log. */
  logged(event: LoggedEvent): void;
}
