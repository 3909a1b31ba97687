import type { LoggedEvent } from '../../protocol/events.ts';
import type { EngineMessage } from '../../protocol/messages.ts';

/** Events on their way that were not acknowledged yet, at most: some megabytes. */
export const WINDOW = 1000;

type Progress = Extract<EngineMessage, { type: 'progress' }>;
type Heartbeat = Extract<EngineMessage, { type: 'heartbeat' }>;

/**
 * What the engine has to say, for a receiver that may be slow or stuck: the memory it takes is bounded, and nobody waits
 * for it. Events go in batches and within a window that acknowledgements move on; those beyond it are left to the log. Of
 * progress and heartbeats only the newest counts, and none goes while earlier ones are not written to the channel yet.
 */
export class Outbox {
  private events: LoggedEvent[] = [];
  /** Number of the first of `events`. */
  private first = 0;
  private skipped = false;
  /** Batches not acknowledged yet: the number after their last event, and how many they hold. */
  private sent: { end: number; count: number }[] = [];
  private progress: Progress | undefined;
  private heartbeat: Heartbeat | undefined;
  /** Messages given to the channel and not written yet. */
  private unwritten = 0;

  /** @param write gives a message to the channel and calls back once it is written, or cannot be */
  constructor(private readonly write: (message: EngineMessage, written: () => void) => void) {}

  /** Events from here on have numbers from this one: as many as the log of the run holds already. */
  startAt(number: number): void {
    this.first = number;
  }

  event(event: LoggedEvent): void {
    const underWay = this.sent.reduce((sum, { count }) => sum + count, this.events.length);
    if (underWay < WINDOW) {
      this.events.push(event);
      return;
    }
    // The receiver is behind: what waits here is left to the log, too, so that the next batch is of one piece.
    this.first += this.events.length + 1;
    this.events = [];
    this.skipped = true;
  }

  /** The receiver has handled the events below this number. */
  received(number: number): void {
    this.sent = this.sent.filter(({ end }) => end > number);
  }

  report(message: Progress | Heartbeat): void {
    if (message.type === 'heartbeat') {
      this.heartbeat = message;
      return;
    }
    // How a stage ended is worth telling; there are few of them.
    if (this.progress && this.progress.stage !== message.stage) this.send(this.progress);
    this.progress = message;
  }

  /** Sends at once; for the few messages that must arrive. */
  send(message: EngineMessage): void {
    this.unwritten++;
    this.write(message, () => {
      this.unwritten--;
    });
  }

  /** Sends what has gathered; to be called some times a second. */
  flush(): void {
    if (this.unwritten > 0) return;
    if (this.events.length > 0) this.sendEvents();
    for (const message of [this.progress, this.heartbeat]) if (message) this.send(message);
    this.progress = undefined;
    this.heartbeat = undefined;
  }

  /** The last message, after all that has gathered. */
  finish(message: EngineMessage, written: () => void): void {
    if (this.events.length > 0 || this.skipped) this.sendEvents();
    if (this.progress) this.send(this.progress);
    this.write(message, written);
  }

  private sendEvents(): void {
    const { first, events, skipped } = this;
    this.send({ type: 'events', first, events, skipped });
    this.first += events.length;
    this.sent.push({ end: this.first, count: events.length });
    this.events = [];
    this.skipped = false;
  }
}
