import { fork } from 'node:child_process';
import { join } from 'node:path';
import { EngineClient, engineForkOptions, type Outcome, type WorkMessage } from '../../src/protocol/engineClient.ts';
import type { LoggedEvent } from '../../src/protocol/events.ts';
import type { EngineRequest } from '../../src/protocol/messages.ts';

/** The built engine. */
export const script = join(import.meta.dirname, '../../dist/engine.js');

/** An engine process at work, with everything it tells. */
export class EngineAtWork {
  readonly client: EngineClient;
  readonly pid: number;
  readonly messages: WorkMessage[] = [];
  readonly ended: Promise<Outcome>;
  private readonly child;
  private waiting: (() => void)[] = [];

  constructor(folder: string, request: EngineRequest) {
    this.child = fork(script, { ...engineForkOptions(), cwd: folder });
    this.pid = this.child.pid as number;
    this.client = new EngineClient(this.child, request, { onMessage: message => this.take(message) });
    this.ended = this.client.ended;
    void this.ended.then(() => this.wake());
  }

  /** The first message, from the first one or from the newest one on, that is awaited. */
  async message(awaited: (message: WorkMessage) => boolean, from = 0): Promise<WorkMessage> {
    for (;;) {
      const found = this.messages.slice(from).find(awaited);
      if (found) return found;
      const outcome = await Promise.race([this.ended, this.news()]);
      if (outcome && !this.messages.slice(from).some(awaited))
        throw new Error(`the engine ended before: ${JSON.stringify(outcome)}`);
    }
  }

  /** The first event that is awaited. */
  async event(awaited: (event: LoggedEvent) => boolean): Promise<LoggedEvent> {
    const is = (message: WorkMessage) => message.type === 'events' && message.events.some(awaited);
    const found = await this.message(is);
    return (found as Extract<WorkMessage, { type: 'events' }>).events.find(awaited) as LoggedEvent;
  }

  /** As the end of who started it does. */
  closeChannel(): void {
    this.child.disconnect();
  }

  private take(message: WorkMessage): void {
    this.messages.push(message);
    this.wake();
  }

  private news(): Promise<undefined> {
    return new Promise(resolve => this.waiting.push(() => resolve(undefined)));
  }

  private wake(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}
