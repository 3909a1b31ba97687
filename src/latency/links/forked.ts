import { fork } from 'node:child_process';
import type { ProfilerMessage } from '../profilerMessages.ts';
import { type Connect, endOf } from './link.ts';

/**
 * A profiler in a process of its own on this machine.
 *
 * @param script the built `profilerProcess.ts`, or another script that calls `serveParent`
 * @param quiet whether what the runtime itself prints is left out, as where its complaints are expected
 */
export function forked(
  script: string,
  { env, quiet = false }: { env?: NodeJS.ProcessEnv; quiet?: boolean } = {},
): Connect {
  return (request, onMessage) => {
    // No flags of this process: a debugger's would make the child wait.
    const stdio = quiet ? 'ignore' : 'inherit';
    const child = fork(script, { env, execArgv: [], serialization: 'advanced', stdio: [stdio, stdio, stdio, 'ipc'] });
    const { promise: ended, resolve, reject } = Promise.withResolvers<string>();
    child.on('message', (message: ProfilerMessage) => {
      // A failure to send means that the process is gone, which 'close' tells.
      if (message.type === 'ready') child.send(request, () => {});
      else onMessage(message);
    });
    child.on('error', reject);
    // 'close' comes after the last message.
    child.on('close', (code, signal) => resolve(endOf(code, signal)));
    return { ended, kill: () => child.kill('SIGKILL') };
  };
}
