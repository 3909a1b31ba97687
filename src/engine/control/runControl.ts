import { setImmediate as otherWork } from 'node:timers/promises';
import type { Control, Steering } from '../../protocol/control.ts';
import type { RunEvent } from '../../protocol/events.ts';
import type { EnginePhase } from '../../protocol/messages.ts';

/** The end of a work that was told to stop, once what it reached is saved; no failure. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** What works in another process, and can be held there. */
export interface Held {
  hold(): void;
  release(): void;
}

export interface ControlAnswers {
  phase(phase: EnginePhase): void;
  refused(message: string): void;
  /** Ends the process: nothing is at work that would have to be saved. */
  end(): void;
}

/**
 * What the engine is told while it works. Work here asks between its steps (`breathe`, `hear`); work in other processes
 * is held there (`holding`). A stop ends the process at once, but for work that has something to save (`saving`).
 */
export class RunControl {
  /** Writes into the log of the run, once there is one. */
  log: ((event: RunEvent) => void) | undefined;
  /** Weight steps done, while a search is at work. */
  step: number | null = null;
  /** Milliseconds spent in pauses so far. */
  pausedMs = 0;
  private wanted: EnginePhase = 'running';
  private told: EnginePhase = 'running';
  private pausedAt = 0;
  /** Whether the work under way has something to save before the process may end. */
  private saves = false;
  private steering: Steering[] = [];
  private readonly held = new Set<Held>();
  private waiting: (() => void)[] = [];

  constructor(private readonly answers: ControlAnswers) {}

  /** Processes at work beside this one. */
  get helpers(): number {
    return this.held.size;
  }

  receive(control: Exclude<Control, { control: 'received' }>): void {
    if (control.control === 'pause') this.pause();
    else if (control.control === 'resume') this.resume();
    else if (control.control === 'stop') this.stop();
    else this.steer(control);
  }

  stop(): void {
    if (this.wanted === 'stopping') return;
    this.wanted = 'stopping';
    this.tell('stopping');
    this.wake();
    if (this.saves) return;
    this.log?.({ type: 'stopped', step: null });
    this.answers.end();
  }

  /** What is wanted now, for work that answers it itself and then `tell`s so; and whatever a person steered since. */
  hear(): { wanted: EnginePhase; steering: Steering[] } {
    const { wanted, steering } = this;
    this.steering = [];
    return { wanted, steering };
  }

  /** The phase the work has come to. @returns whether that is news */
  tell(phase: EnginePhase): boolean {
    if (phase === this.told) return false;
    if (phase === 'paused') this.pausedAt = performance.now();
    if (this.told === 'paused') {
      this.pausedMs += performance.now() - this.pausedAt;
      if (phase === 'running') this.log?.({ type: 'resumed', step: this.step });
    }
    if (phase === 'paused') this.log?.({ type: 'paused', step: this.step });
    this.told = phase;
    this.answers.phase(phase);
    return true;
  }

  refuse(message: string): void {
    this.answers.refused(message);
  }

  /** Resolves when something was told. */
  change(): Promise<void> {
    return new Promise(resolve => this.waiting.push(resolve));
  }

  /** To be awaited between steps: lets messages in, and waits while the work is paused. */
  async breathe(): Promise<void> {
    await otherWork();
    while (this.wanted !== 'running') {
      this.tell(this.wanted);
      await this.change();
    }
  }

  /** Work in another process, which is held there while this one is paused. @returns its end */
  holding(work: Held): () => void {
    this.held.add(work);
    if (this.wanted === 'paused') {
      work.hold();
      if (!this.saves) this.tell('paused');
    }
    return () => this.held.delete(work);
  }

  /** Work that a stop may not end before it has saved what it reached; it then throws `Stopped`. */
  async saving<T>(work: () => Promise<T>): Promise<T> {
    this.saves = true;
    try {
      const result = await work();
      if (this.wanted === 'stopping') throw new Stopped();
      return result;
    } finally {
      this.saves = false;
      this.step = null;
    }
  }

  private pause(): void {
    if (this.wanted !== 'running') return;
    this.wanted = 'paused';
    for (const work of this.held) work.hold();
    // Work here says so itself when it comes to the end of its step; processes may be at work beside it.
    if (this.held.size > 0 && !this.saves) this.tell('paused');
    this.wake();
  }

  private resume(): void {
    if (this.wanted !== 'paused') return;
    this.wanted = 'running';
    for (const work of this.held) work.release();
    this.tell('running');
    this.wake();
  }

  private steer(steering: Steering): void {
    if (this.saves) {
      this.steering.push(steering);
      this.wake();
    } else {
      this.refuse('operators can be locked and banned while the search runs, which it does not now');
    }
  }

  private wake(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}
