import * as vscode from 'vscode';
import { UserError } from '../../base/errors.ts';
import { EngineClient, type Outcome } from '../../protocol/engineClient.ts';
import type { EngineRequest } from '../../protocol/messages.ts';
import { settings } from '../settings.ts';
import { checkTrust } from '../trust.ts';
import { launchEngine } from './launch.ts';
import { Work } from './work.ts';

/** What is asked of the engine, and where. */
export interface Job {
  request: EngineRequest;
  title: string;
  /** Workspace folder: the engine's working directory. */
  cwd: string;
  run?: string;
}

/**
 * The engines of this window: one that works on runs, which the person sees and steers, and short-lived ones beside it
 * that answer a question. None outlives the window: an engine ends by itself when its channel closes.
 */
export class EngineService implements vscode.Disposable {
  /** The work under way. */
  current: Work | undefined;
  private readonly changes = new vscode.EventEmitter<Work>();
  readonly onDidChange = this.changes.event;
  private readonly endings = new vscode.EventEmitter<{ work: Work; job: Job; outcome: Outcome }>();
  readonly onDidEnd = this.endings.event;

  constructor(
    private readonly extensionFolder: string,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** @throws UserError when another one is under way, or the workspace is not trusted */
  begin(job: Job): Work {
    checkTrust();
    if (this.current) throw new UserError(vscode.l10n.t('{0} is under way: stop it first.', this.current.title));
    this.log.info(`${job.title}: ${JSON.stringify(job.request)}`);
    const work = new Work(this.launch(job.cwd), {
      request: job.request,
      title: job.title,
      run: job.run ?? null,
      onChange: () => this.changes.fire(work),
      onLine: line => this.log.info(line),
      onRefused: message => void vscode.window.showWarningMessage(message),
    });
    this.current = work;
    this.changes.fire(work);
    void work.ended.then(outcome => {
      this.current = undefined;
      this.logEnd(job.title, outcome);
      this.changes.fire(work);
      this.endings.fire({ work, job, outcome });
    });
    return work;
  }

  /** Has an engine of its own answer a request that takes a moment. The signal ends it. */
  async ask(request: EngineRequest, cwd: string, signal: AbortSignal): Promise<Outcome> {
    checkTrust();
    if (signal.aborted) return { type: 'stopped', run: null };
    const child = this.launch(cwd);
    const client = new EngineClient(child, request, {
      onMessage: () => {},
      onOutput: line => this.log.debug(line),
      graceMs: 0,
    });
    const stop = () => client.stop();
    signal.addEventListener('abort', stop);
    const outcome = await client.ended;
    signal.removeEventListener('abort', stop);
    if (outcome.type === 'died' || (outcome.type === 'failure' && !outcome.user)) this.logEnd(request.command, outcome);
    return outcome;
  }

  dispose(): void {
    this.current?.stop();
    this.changes.dispose();
    this.endings.dispose();
  }

  private launch(cwd: string) {
    return launchEngine({ extensionFolder: this.extensionFolder, cwd, nodePath: settings.nodePath() });
  }

  private logEnd(title: string, outcome: Outcome): void {
    switch (outcome.type) {
      case 'result':
      case 'stopped':
        this.log.info(`${title}: ${outcome.type}`);
        break;
      case 'failure':
        this.log[outcome.user ? 'warn' : 'error'](`${title}: ${outcome.message}\n${outcome.detail ?? ''}`);
        break;
      case 'died':
        this.log.error(`${title}: ended by ${outcome.signal ?? `exit code ${outcome.code}`}\n${outcome.output}`);
    }
  }
}
