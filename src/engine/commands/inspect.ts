import { loadSearchSpace } from '../../space/load.ts';
import { inspect } from '../inspect/inspect.ts';
import { folders } from '../workspace.ts';
import type { Command } from './command.ts';

/** A file that runs longer is not one to wait for at every change. */
const LOADING_MS = 4000;

export const inspectCommand: Command<'inspect'> = async ({ file, text }) => {
  const space = await loadSearchSpace(file, { text, timeoutMs: LOADING_MS });
  return { command: 'inspect', ...(await inspect(space, file, folders.latency)) };
};
