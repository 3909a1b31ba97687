/** How far a stage is, and how long it has taken and will take. */
export interface StageState {
  stage: string;
  /** Share of the stage that is done, 0 to 1. */
  fraction: number;
  text: string;
  elapsedSeconds: number;
  /** Left of this stage at the pace so far; undefined while there is no pace yet. */
  leftSeconds: number | undefined;
}

const NO_PACE_BEFORE_SECONDS = 1;

/** Keeps the time of the stages of a work, which come one after another. */
export class StageClock {
  private current: StageState | undefined;
  private beganMs = 0;
  private firstFraction = 0;
  private pausedMs: number | undefined;

  /** @param nowMs the time, in milliseconds from anywhere */
  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  /** Takes a report; returns the stage that it ends, if it begins another one, and the stage as it stands now. */
  report(progress: { stage: string; fraction: number; text: string }): { ended?: StageState; now: StageState } {
    const ended = this.current?.stage === progress.stage ? undefined : this.end();
    if (!this.current) {
      this.beganMs = this.nowMs();
      this.firstFraction = progress.fraction;
    }
    const { firstFraction } = this;
    const elapsedSeconds = (this.nowMs() - this.beganMs) / 1000;
    const fraction = Math.min(Math.max(progress.fraction, 0), 1);
    // What was done before, as in a run that goes on, took none of this time.
    const done = fraction - firstFraction;
    const leftSeconds =
      elapsedSeconds >= NO_PACE_BEFORE_SECONDS && done > 0 ? (elapsedSeconds * (1 - fraction)) / done : undefined;
    this.current = { ...progress, fraction, elapsedSeconds, leftSeconds };
    return { ended, now: this.current };
  }

  /** The work rests; that time does not count. */
  pause(): void {
    this.pausedMs ??= this.nowMs();
  }

  resume(): void {
    if (this.pausedMs !== undefined) this.beganMs += this.nowMs() - this.pausedMs;
    this.pausedMs = undefined;
  }

  /** Ends the stage that is under way, if there is one. */
  end(): StageState | undefined {
    const ended = this.current && { ...this.current, elapsedSeconds: (this.nowMs() - this.beganMs) / 1000 };
    this.current = undefined;
    return ended;
  }
}
