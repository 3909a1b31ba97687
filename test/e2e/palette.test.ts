import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { extension, test } from './test.ts';
import { offeredCommands, runCommand, screenshot } from './workbench/actions.ts';

describe('the palette in a folder without runs', () => {
  test('offers to start a search, and nothing that needs a run', async ({ launch }) => {
    const folder = mkdtempSync(join(tmpdir(), 'proxyless-folder-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const { page } = await launch({ folder, extension });
    const offered = await offeredCommands(page, 'NAS', 'Start NAS Search');
    expect(offered).toContain('New Search Space…');
    for (const title of ['Pause', 'Resume', 'Stop', 'Relaunch with Changes', 'Export Model…', 'Compare Runs']) {
      expect(offered).not.toContain(title);
    }

    await runCommand(page, 'NAS: Find Devices to Measure');
    const found = page.getByRole('treeitem', { name: /^'cpu'.*onnxruntime/ });
    await found.waitFor();
    await page
      .getByRole('treeitem', { name: /^ssh|'cuda'/ })
      .first()
      .waitFor();
    await screenshot(page, 'devices');
  });
});
