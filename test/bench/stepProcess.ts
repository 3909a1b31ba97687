import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { BandwidthReply, Ready, StepCommand, StepReply } from './stepProtocol.ts';

/** An implementation in a process of its own, so that its memory and its allocator are its own too. */
export class StepProcess {
  private constructor(
    readonly name: string,
    readonly ready: Ready,
    private readonly ask: (line?: string) => Promise<unknown>,
    private readonly end: () => Promise<void>,
  ) {}

  /** Starts a program that speaks `stepProtocol.ts` and waits until it is ready. */
  static async start(name: string, program: string, args: string[], env: NodeJS.ProcessEnv): Promise<StepProcess> {
    const child = spawn(program, args, { env, stdio: 'pipe' });
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', text => {
      complaint = (complaint + text).slice(-2000);
    });
    // A process that died is noticed where its answer is awaited.
    child.stdin.on('error', () => {});
    await once(child, 'spawn');
    const closed = once(child, 'close');
    const ask = async (line?: string): Promise<unknown> => {
      if (line !== undefined) child.stdin.write(line + '\n');
      const { value, done } = await answers.next();
      if (done) {
        const [code, signal] = await closed;
        throw new Error(`${name} ended with ${signal ?? `exit code ${code}`}: ${complaint.trim()}`);
      }
      const answer = JSON.parse(value);
      if ('error' in answer) throw new Error(`${name}: ${answer.error}`);
      return answer;
    };
    const end = async () => {
      child.stdin.end();
      await closed;
    };
    return new StepProcess(name, (await ask()) as Ready, ask, end);
  }

  /** Does one step. @throws Error with the end of what the process printed, when it died */
  async step(command: Exclude<StepCommand, { do: 'bandwidth' }>): Promise<StepReply> {
    return (await this.ask(JSON.stringify(command))) as StepReply;
  }

  /** Measures memory bandwidth in our process (see `bandwidth.ts`). */
  async bandwidth(): Promise<BandwidthReply> {
    return (await this.ask(JSON.stringify({ do: 'bandwidth' } satisfies StepCommand))) as BandwidthReply;
  }

  /** Ends the process and waits until it is gone. */
  close(): Promise<void> {
    return this.end();
  }
}
