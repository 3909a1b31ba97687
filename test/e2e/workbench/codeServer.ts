import { chromium } from 'playwright-core';
import type { Installed } from '../install/install.ts';
import type { Profile } from './profile.ts';
import { startServer } from './server.ts';
import type { StartedWindow } from './workbench.ts';

/** One browser window of a common size on a laptop. */
const WINDOW = { width: 1440, height: 900 };

/** code-server, and its window in a browser without a screen. */
export async function launchCodeServer(
  { server, browser }: Extract<Installed, { kind: 'code-server' }>,
  profile: Profile,
  folder: string,
): Promise<StartedWindow> {
  const running = await startServer(server, profile, folder);
  const shown = await chromium.launch({
    executablePath: browser,
    // No sandbox: Chromium refuses to run as root with one, as it must where tests run in a container.
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  const close = async () => {
    await shown.close();
    await running.close();
  };
  try {
    const page = await shown.newPage({ viewport: WINDOW });
    // What is drawn is awaited by whoever looks at it.
    await page.goto(running.url, { waitUntil: 'commit' });
    return { page, pid: running.pid, close };
  } catch (error) {
    await close();
    throw error;
  }
}
