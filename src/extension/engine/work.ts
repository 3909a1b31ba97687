import type { ChildProcess } from 'node:child_process';
import { StageClock, type StageState } from '../../base/stageClock.ts';
import { EngineClient, type Outcome, type WorkMessage } from '../../protocol/engineClient.ts';
import type { EngineRequest } from '../../protocol/messages.ts';

/** Milliseconds without a word after which an engine is called silent. It says something every second between steps. */
const SILENT_MS = 20_000;

type Heartbeat = Extract<WorkMessage, { type: 'heartbeat' }>;

export interface WorkOptions {
  request: EngineRequest;
  /** What a person calls it, such as `Search of fashion-mnist`. */
  title: string;
  /** Folder of the run it works on, where there is one already. */
  run: string | null;
  onChange(): void;
  /** A line for the log. */
  onLine(line: string): void;
  /** A control was refused; one sentence. */
  onRefused(message: string): void;
}

/** An engine at work for this window, and how it stands. */
export class Work {
  readonly request: EngineRequest;
  readonly title: string;
  /** Folder of its run, once there is one. */
  run: string | null;
  stage: StageState | undefined;
  heartbeat: Heartbeat | undefined;
  outcome: Outcome | undefined;
  /** Whether it was stopped to make room for another one, and its end is no news. */
  replaced = false;
  readonly ended: Promise<Outcome>;
  private readonly client: EngineClient;
  private readonly clock = new StageClock();
  private lastWordMs = Date.now();
  private readonly watch: NodeJS.Timeout;

  constructor(
    child: ChildProcess,
    private readonly options: WorkOptions,
  ) {
    this.request = options.request;
    this.title = options.title;
    this.run = options.run;
    this.client = new EngineClient(child, options.request, {
      onMessage: message => this.take(message),
      onOutput: line => options.onLine(line),
    });
    this.watch = setInterval(() => {
      if (this.silentSeconds >= SILENT_MS / 1000) options.onChange();
    }, SILENT_MS / 4);
    this.ended = this.client.ended.then(outcome => {
      clearInterval(this.watch);
      this.outcome = outcome;
      if (outcome.type === 'result' && 'run' in outcome.result) this.run ??= outcome.result.run;
      return outcome;
    });
  }

  get phase(): 'running' | 'paused' | 'stopping' {
    return this.client.phase;
  }

  /** Whether its run's folder has been made. */
  get hasRun(): boolean {
    return this.client.run !== null;
  }

  /** Whether it can be paused, and steered: a search, not a short piece of work. */
  get steerable(): boolean {
    return this.request.command === 'search' || this.request.command === 'resume';
  }

  /** Seconds for which a running engine has said nothing; 0 while it talks. */
  get silentSeconds(): number {
    const silent = Date.now() - this.lastWordMs;
    return this.outcome || silent < SILENT_MS ? 0 : Math.round(silent / 1000);
  }

  pause(): void {
    this.client.pause();
  }

  resume(): void {
    this.client.resume();
  }

  stop(): void {
    this.client.phase = 'stopping';
    this.client.stop();
    this.options.onChange();
  }

  steer(...steering: Parameters<EngineClient['steer']>): void {
    this.client.steer(...steering);
  }

  private take(message: WorkMessage): void {
    this.lastWordMs = Date.now();
    switch (message.type) {
      case 'run':
        this.run = message.folder;
        break;
      case 'progress':
        this.stage = this.clock.report(message).now;
        break;
      case 'heartbeat':
        this.heartbeat = message;
        break;
      case 'note':
        this.options.onLine(message.text);
        return;
      case 'refused':
        this.options.onRefused(message.message);
        return;
      // The log of the run is what is shown; the batch only says that it has grown.
      case 'events':
        break;
      case 'state':
        if (message.phase === 'paused') this.clock.pause();
        else this.clock.resume();
        break;
    }
    this.options.onChange();
  }
}
