import { describe, expect } from 'vitest';
import { isResumable, summariseRun } from '../../src/extension/runs/runSummary.ts';
import { digitsFolder, SPACE_FILE } from './digitsFolder.ts';
import { extensionHost, noProcessList, programsOf, remaining, untilRuns } from './engines.ts';
import { extension, test } from './test.ts';
import { untilPhase, viewerOf } from './viewer.ts';
import { notifications, openFile, runCommand } from './workbench/actions.ts';

/** Seconds that an engine gets to save its run and end; one that is left behind would go on for minutes. */
const GRACE = 40;

describe.skipIf(noProcessList)('nothing is left running', () => {
  test('when a window is closed while operators are profiled', async ({ launch }) => {
    const folder = digitsFolder({ epochs: 100 });
    const workbench = await launch({ folder: folder.path, extension });
    const { page } = workbench;
    await openFile(page, SPACE_FILE);
    await runCommand(page, 'NAS: Start NAS Search');
    const running = await untilRuns(workbench, 'profiler.js');
    await page.close({ runBeforeUnload: true });
    expect(await remaining(running, GRACE)).toEqual([]);
  });

  test('when a window is reloaded during a search, which is saved and shown again where the person was', async ({
    launch,
  }) => {
    const folder = digitsFolder({ epochs: 100 });
    const workbench = await launch({ folder: folder.path, extension });
    const { page } = workbench;
    await openFile(page, SPACE_FILE);
    await runCommand(page, 'NAS: Start NAS Search');
    await untilPhase(page, 'Searching');
    await viewerOf(page).getByRole('tab', { name: 'Curves' }).click();
    const running = programsOf(workbench).map(({ pid }) => pid);
    await runCommand(page, 'Developer: Reload Window');
    expect(await remaining(running, GRACE)).toEqual([]);
    await untilPhase(page, 'Stopped');
    expect(await viewerOf(page).getByRole('tab', { selected: true }).textContent()).toBe('Curves');
    await notifications(page)
      .getByText(/was stopped when its window closed/)
      .waitFor();
    const [run] = folder.runs();
    const summary = await summariseRun(run, false);
    expect(summary && isResumable(summary)).toBe(true);
  });

  test('when the extension host is killed during a training', async ({ launch }) => {
    const folder = digitsFolder({ epochs: 1, trainEpochs: 200 });
    const workbench = await launch({ folder: folder.path, extension });
    const { page } = workbench;
    await openFile(page, SPACE_FILE);
    await runCommand(page, 'NAS: Start NAS Search');
    const running = await untilRuns(workbench, 'trainer.js');
    process.kill(extensionHost(workbench), 'SIGKILL');
    expect(await remaining(running, GRACE)).toEqual([]);
  });
});
