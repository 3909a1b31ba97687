import type { Page } from 'playwright-core';
import type { Installed } from '../install/install.ts';
import { launchCodeServer } from './codeServer.ts';
import { launchDesktop } from './desktop.ts';
import { makeProfile, type ProfileOptions } from './profile.ts';

export interface LaunchOptions extends ProfileOptions {
  /** The folder that is opened. */
  folder: string;
}

/** A running VS Code with one window. */
export interface Workbench {
  readonly page: Page;
  /** The process that all of VS Code's own come from. */
  readonly pid: number;
  /** The folder of VS Code's log files. */
  readonly logs: string;
  /** Ends it and removes its profile. */
  close(): Promise<void>;
}

/** What a launcher gives. */
export type StartedWindow = Pick<Workbench, 'page' | 'pid' | 'close'>;

/** Milliseconds that anything awaited may take, on a machine that has other things to do. */
const PATIENCE_MS = 90_000;

/** Starts VS Code on a folder, with a new profile and one extension. */
export async function launchWorkbench(installed: Installed, options: LaunchOptions): Promise<Workbench> {
  if (installed.kind === 'none') throw new Error(installed.reason);
  const profile = makeProfile(options);
  const close = async (end: () => Promise<void>) => {
    await end();
    profile.remove();
  };
  try {
    const started =
      installed.kind === 'desktop'
        ? await launchDesktop(installed.program, profile, options.folder)
        : await launchCodeServer(installed, profile, options.folder);
    started.page.setDefaultTimeout(PATIENCE_MS);
    // The status bar is drawn last of what is there at the start.
    await started.page.locator('.statusbar-item').first().waitFor();
    return { ...started, logs: profile.logs, close: () => close(started.close) };
  } catch (error) {
    profile.remove();
    throw error;
  }
}
