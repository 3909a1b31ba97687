import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { digitsSpace } from '../integration/digits.ts';
import { resultOf } from '../integration/program.ts';
import { digitsFolder, SPACE_FILE } from './digitsFolder.ts';
import { programsOf } from './engines.ts';
import { extension, test } from './test.ts';
import { patience, untilPhase, viewerOf } from './viewer.ts';
import { notifications, offeredCommands, openFile, runCommand, screenshot, statusItem } from './workbench/actions.ts';

/** What the search-space file leaves behind in the folder when it is run. */
const TRACE = 'was-run';

const tellTale = `import { writeFileSync } from 'node:fs';
writeFileSync('${TRACE}', '');
${digitsSpace({ epochs: 1, trainEpochs: 1 })}`;

describe('a folder that is not trusted', () => {
  test('has its runs shown and nothing of it run, until it is trusted', async ({ launch }) => {
    const folder = digitsFolder({}, tellTale);
    const trace = join(folder.path, TRACE);
    resultOf(folder.path, 'search', SPACE_FILE);
    rmSync(trace);

    const workbench = await launch({ folder: folder.path, extension, restricted: true });
    const { page } = workbench;
    await statusItem(page, 'Restricted Mode').waitFor();
    await openFile(page, SPACE_FILE);
    await runCommand(page, 'NAS: Open Architecture Viewer');
    await untilPhase(page, 'Done');
    await screenshot(page, 'untrusted');
    const offered = await offeredCommands(page, 'NAS', 'Open Architecture Viewer');
    expect(offered).toContain('Open Report');
    for (const title of ['Start NAS Search', 'Relaunch with Changes', 'Profile Latency', 'Export Model…'])
      expect(offered).not.toContain(title);
    // The page has a button all the same; the extension refuses.
    await viewerOf(page).getByRole('button', { name: 'Relaunch' }).click();
    await notifications(page)
      .getByText(/This folder is not trusted/)
      .waitFor();
    expect(programsOf(workbench)).toEqual([]);
    expect(existsSync(trace)).toBe(false);

    await runCommand(page, 'Workspaces: Manage Workspace Trust');
    await page.getByRole('button', { name: 'Trust', exact: true }).click();
    await expect.poll(() => existsSync(trace), patience).toBe(true);
  });
});
