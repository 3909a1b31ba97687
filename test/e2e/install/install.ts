import { type CodeServer, ensureCodeServer } from './codeServer.ts';
import { ensureChromium } from './debian.ts';
import { ensureDesktop } from './desktop.ts';
import { Unavailable } from './unavailable.ts';

/**
 * The VS Code that this machine can run, and the reason when it is not the first choice. Plain data, so that it can be
 * handed to other processes.
 */
export type Installed =
  | { kind: 'desktop'; program: string }
  | { kind: 'code-server'; server: CodeServer; browser?: string; reason: string }
  | { kind: 'none'; reason: string };

/**
 * Installs what is missing to run VS Code: its own program where that can be downloaded and shown, else code-server.
 *
 * @param options.browser whether code-server needs a browser that can be driven
 */
export async function installWorkbench(options: { browser: boolean }): Promise<Installed> {
  let reason: string;
  try {
    return { kind: 'desktop', program: await ensureDesktop() };
  } catch (error) {
    reason = reasonOf(error);
  }
  try {
    const browser = options.browser ? await ensureChromium() : undefined;
    return { kind: 'code-server', server: await ensureCodeServer(), browser, reason };
  } catch (error) {
    return { kind: 'none', reason: `no VS Code, ${reason}; and no code-server, ${reasonOf(error)}` };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Unavailable) return error.message;
  throw error;
}
