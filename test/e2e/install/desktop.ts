import { join } from 'node:path';
import { downloadAndUnzipVSCode, SilentReporter } from '@vscode/test-electron';
import { cacheFolder } from './cache.ts';
import { Unavailable } from './unavailable.ts';

/** The version that code-server has too: one suite, one workbench. */
const VERSION = '1.139.1';

/** The path of VS Code's own program, downloaded into the cache. */
export async function ensureDesktop(): Promise<string> {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    throw new Unavailable('there is no display');
  }
  try {
    return await downloadAndUnzipVSCode({
      version: VERSION,
      cachePath: join(cacheFolder, 'vscode'),
      reporter: new SilentReporter(),
    });
  } catch (error) {
    throw new Unavailable(`VS Code ${VERSION} cannot be downloaded: ${error instanceof Error ? error.message : error}`);
  }
}
