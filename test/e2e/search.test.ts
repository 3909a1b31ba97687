import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { digitsFolder, SPACE_FILE } from './digitsFolder.ts';
import { testAccuracyOf } from './modelAccuracy.ts';
import { showInThemes } from './pictures.ts';
import { extension, test } from './test.ts';
import { candidates, patience, percents, untilPhase, viewerOf } from './viewer.ts';
import {
  notifications,
  openFile,
  replaceText,
  runAndChoose,
  runAndTick,
  runCommand,
  statusItem,
} from './workbench/actions.ts';

describe('a search in VS Code', () => {
  test('is watched, steered and relaunched with changes, and its model is as accurate as is shown', async ({
    launch,
  }) => {
    const folder = digitsFolder({ epochs: 200, trainEpochs: 6 });
    const { page } = await launch({ folder: folder.path, extension });
    const viewer = viewerOf(page);

    await openFile(page, SPACE_FILE);
    await runCommand(page, 'NAS: Start NAS Search');
    await candidates(page, 'stage1.block1').first().waitFor();
    await untilPhase(page, 'Searching');
    const first = await percents(page, 'stage1.block1');
    await expect.poll(() => percents(page, 'stage1.block1'), patience).not.toEqual(first);
    await statusItem(page, /NAS: search \d+ %/).waitFor();

    // From the keyboard in one block, with the mouse in another.
    await candidates(page, 'stage1.block1').nth(1).focus();
    await page.keyboard.press('l');
    await expect.poll(() => percents(page, 'stage1.block1'), patience).toEqual(['0', '100', '0']);
    await candidates(page, 'stage2.block1').nth(1).click();
    await viewer.getByRole('button', { name: 'Ban' }).click();
    await expect.poll(() => percents(page, 'stage2.block1'), patience).toEqual(['100', '0']);
    await showInThemes(page, 'searching');

    const { space } = folder;
    await page.getByRole('tab', { name: SPACE_FILE }).click();
    await replaceText(page, readFileSync(space, 'utf8'), { from: 'width: 16', to: 'width: 24' });
    await replaceText(page, readFileSync(space, 'utf8'), { from: 'epochs: 200', to: 'epochs: 6' });
    await page.keyboard.press('ControlOrMeta+s');
    await expect.poll(() => readFileSync(space, 'utf8'), patience).toMatch(/width: 24.*epochs: 6,/s);
    await runCommand(page, 'NAS: Relaunch with Changes');
    const inherited = viewer.getByText(/Weights of 2 of 5 blocks inherited from/);
    await inherited.click();
    await viewer.getByText('~ stage2: width 16 -> 24').waitFor();
    await showInThemes(page, 'relaunched');
    await inherited.click();
    expect(folder.runs()).toHaveLength(2);

    await untilPhase(page, 'Done');
    await showInThemes(page, 'done', ['Graph', 'Latency', 'Curves', 'Pareto']);
    await runAndChoose(page, 'NAS: Export Model…', 'ONNX');
    await notifications(page)
      .getByText(/Exported to/)
      .waitFor();
    await notifications(page).getByRole('button', { name: 'Clear Notification' }).first().click();
    await runAndChoose(page, 'NAS: Export Model…', 'ONNX int8');
    await notifications(page)
      .getByText(/model\.int8\.onnx\. In 8 bits: test accuracy .* instead of/)
      .waitFor();
    const shown = await viewer.locator('.figure', { hasText: 'Derived network' }).locator('strong').textContent();
    const accuracy = await testAccuracyOf(join(folder.runs()[1], 'derived/model.onnx'), folder.path);
    expect(shown).toBe(`${(accuracy * 100).toFixed(2)} %`);

    await runAndTick(page, 'NAS: Compare Devices', "cpu({ precision: 'int8' })");
    await viewer.getByRole('rowheader', { name: 'cpu, int8' }).first().waitFor(patience);
    await showInThemes(page, 'compared', ['Devices']);
  });
});
