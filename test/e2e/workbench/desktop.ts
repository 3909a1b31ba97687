import { _electron } from 'playwright-core';
import type { Profile } from './profile.ts';
import type { StartedWindow } from './workbench.ts';

/** What VS Code's own program is started with. */
export function desktopArguments(profile: Profile, folder: string): string[] {
  return [
    ...['--user-data-dir', profile.userData, '--extensions-dir', profile.extensions],
    ...['--skip-welcome', '--skip-release-notes', '--disable-updates', '--disable-telemetry'],
    // Chromium refuses to run as root with a sandbox, as it must where tests run in a container.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    folder,
  ];
}

/** VS Code's own program, in a window of the screen. */
export async function launchDesktop(program: string, profile: Profile, folder: string): Promise<StartedWindow> {
  const application = await _electron.launch({ executablePath: program, args: desktopArguments(profile, folder) });
  try {
    const page = await application.firstWindow();
    return { page, pid: application.process().pid as number, close: () => application.close() };
  } catch (error) {
    await application.close();
    throw error;
  }
}
