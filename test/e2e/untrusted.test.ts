import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { commandIds } from '../../src/extension/contributions.ts';
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

    const keys = { 'ctrl+alt+8': commandIds.relaunch, 'ctrl+alt+9': commandIds.export };
    const workbench = await launch({ folder: folder.path, extension, restricted: true, keys });
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
    const buttons = viewerOf(page).getByRole('toolbar', { name: 'Run' }).getByRole('button');
    expect(await buttons.allTextContents()).toEqual(['Report', 'Compare with another run', 'Open the search space']);
    // Whoever asks all the same is refused.
    for (const key of Object.keys(keys)) {
      await page.keyboard.press(key.replace('ctrl', 'Control').replace('alt', 'Alt'));
      const refusal = notifications(page).filter({ hasText: 'This folder is not trusted' });
      await refusal.waitFor();
      await page.keyboard.press('Escape');
      await refusal.waitFor({ state: 'detached' });
    }
    expect(programsOf(workbench)).toEqual([]);
    expect(existsSync(trace)).toBe(false);

    await runCommand(page, 'Workspaces: Manage Workspace Trust');
    await page.getByRole('button', { name: 'Trust', exact: true }).click();
    await expect.poll(() => existsSync(trace), patience).toBe(true);
    await expect.poll(() => buttons.allTextContents(), patience).toContain('Relaunch');
  });
});
