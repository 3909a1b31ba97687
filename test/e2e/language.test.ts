import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { digitsSpace } from '../integration/digits.ts';
import { digitsFolder, SPACE_FILE } from './digitsFolder.ts';
import { extension, test } from './test.ts';
import { patience } from './viewer.ts';
import { findCompletion, openFile, replaceText, runCommand, screenshot, statusItem } from './workbench/actions.ts';

describe('the editor of a search space', () => {
  test('says how large the space is, marks a mistake at its place, and mends it', async ({ launch }) => {
    const folder = digitsFolder();
    const { page } = await launch({ folder: folder.path, extension });
    const lens = (text: string) => page.locator('.codelens-decoration', { hasText: text });
    await openFile(page, SPACE_FILE);
    await lens('18 networks').waitFor();

    const text = readFileSync(folder.space, 'utf8');
    await replaceText(page, text, { from: 'architectureRate', to: 'architectureRat' });
    await lens('1 problem').waitFor();
    await runCommand(page, 'View: Toggle Problems');
    const problem = page
      .locator('.markers-panel')
      .getByRole('treeitem', { name: /architectureRat.*Proxyless Studio/s });
    await problem.waitFor();
    await screenshot(page, 'language mistake');
    expect(await problem.textContent()).toContain(`[Ln ${lineOf(text, 'architectureRate')}, Col 5]`);

    await runCommand(page, 'View: Toggle Problems');
    await problem.waitFor({ state: 'hidden' });
    await runCommand(page, 'Quick Fix...');
    await page.getByRole('option', { name: "Change to 'architectureRate'" }).click();
    await lens('18 networks').waitFor();
    await page.keyboard.press('ControlOrMeta+s');
    await expect.poll(() => readFileSync(folder.space, 'utf8'), patience).toBe(text);
  });

  test('is at hand for the first search space of a folder that had none', async ({ launch }) => {
    const folder = digitsFolder();
    const text = readFileSync(folder.space, 'utf8');
    rmSync(folder.space);
    const { page } = await launch({ folder: folder.path, extension });
    await page.getByRole('treeitem', { name: 'digits' }).waitFor();
    writeFileSync(folder.space, text);
    await openFile(page, SPACE_FILE);
    await page.locator('.codelens-decoration', { hasText: '18 networks' }).waitFor();
    await statusItem(page, /^TypeScript$/).waitFor();
    await screenshot(page, 'language first file');
  });

  test('completes operators with nothing installed beside the file', async ({ launch }) => {
    const text = digitsSpace().replace('idx, mbconv', 'idx');
    const folder = digitsFolder({}, text);
    const { page } = await launch({ folder: folder.path, extension });
    await openFile(page, SPACE_FILE);
    await page.locator('.codelens-decoration', { hasText: '1 problem' }).waitFor();
    await replaceText(page, text, { from: 'idx', to: 'idx, mbc' });
    await findCompletion(page, 'mbconv');
    await screenshot(page, 'language completion');
    await page.keyboard.press('Enter');
    await page.locator('.codelens-decoration', { hasText: '18 networks' }).waitFor();
  });
});

/** The line that a text begins in, counted from 1. */
function lineOf(text: string, part: string): number {
  return text.slice(0, text.indexOf(part)).split('\n').length;
}
