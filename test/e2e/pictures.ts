import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { frameOf, seriousIssues, viewerOf } from './viewer.ts';
import { chooseTheme, screenshot, type Theme } from './workbench/actions.ts';

const kinds = {
  light: 'vscode-light',
  'high contrast': 'vscode-high-contrast',
  dark: 'vscode-dark',
} satisfies Record<Theme, string>;

/** Takes pictures of a stage in the colours that people use, and checks that nothing in the viewer keeps anybody out. */
export async function showInThemes(page: Page, stage: string, screens = ['Graph']): Promise<void> {
  for (const [theme, kind] of Object.entries(kinds)) {
    await chooseTheme(page, theme as Theme);
    await viewerOf(page).locator(`body.${kind}`).waitFor();
    for (const screen of screens) {
      await viewerOf(page).getByRole('tab', { name: screen }).click();
      await drawn(page);
      await screenshot(page, `${stage} ${screen.toLowerCase()} ${theme}`);
      expect(await seriousIssues(page)).toEqual([]);
    }
    await viewerOf(page).getByRole('tab', { name: screens[0] }).click();
  }
}

/** Two frames later, what has been changed is drawn. */
async function drawn(page: Page): Promise<void> {
  const frame = await frameOf(page);
  await frame.evaluate('new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))');
}
