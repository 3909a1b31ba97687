import { join } from 'node:path';
import { errors, type FrameLocator, type Locator, type Page } from 'playwright-core';

/** What a person does in VS Code's own parts, found by their roles and names. */

/** VS Code's own colour themes, as it names them. */
const themes = { light: 'Light Modern', dark: 'Dark Modern', 'high contrast': 'Dark High Contrast' } as const;

export type Theme = keyof typeof themes;

/** How often a command or a completion is looked for: once in two seconds. */
const ATTEMPTS = 45;

/** Runs a command of the palette by its whole title, `Category: Title`. */
export async function runCommand(page: Page, title: string): Promise<void> {
  await findCommand(page, title);
  await choose(page, title);
}

/** The titles of a category that the palette offers, one of which is to be there. */
export async function offeredCommands(page: Page, category: string, one: string): Promise<string[]> {
  await findCommand(page, `${category}: ${one}`, `${category}: `);
  const labels = await page.locator('.quick-input-list').getByRole('option').allInnerTexts();
  await page.keyboard.press('Escape');
  const prefix = `${category}: `;
  return labels.filter(label => label.startsWith(prefix)).map(label => label.split('\n')[0].slice(prefix.length));
}

/**
 * Opens the palette with a command in it. Extensions are read after the window is drawn and their commands appear with
 * what is going on, but not in a list that is open; so it is opened again until the command is there.
 */
async function findCommand(page: Page, title: string, typed = title): Promise<void> {
  await openUntil(page, entry(page, title), async () => {
    await page.keyboard.press('F1');
    await input(page).fill(`>${typed}`);
  });
}

/**
 * Asks the editor for completions until one's label begins with the text: TypeScript offers none while it still loads, and
 * the list does not ask it again.
 */
export async function findCompletion(page: Page, label: string): Promise<void> {
  const option = page
    .locator('.suggest-widget')
    .getByRole('option', { name: new RegExp(`^${label}`) })
    .first();
  await openUntil(page, option, () => page.keyboard.press('Control+Space'));
}

/** Opens a list, and closes and opens it again, until an entry is in it. */
async function openUntil(page: Page, wanted: Locator, open: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await open();
    try {
      return await wanted.waitFor({ timeout: 2000 });
    } catch (error) {
      if (!(error instanceof errors.TimeoutError) || attempt === ATTEMPTS) throw error;
      await page.keyboard.press('Escape');
    }
  }
}

/** Changes the colours of the window. */
export async function chooseTheme(page: Page, theme: Theme): Promise<void> {
  await runCommand(page, 'Preferences: Color Theme');
  await input(page).fill(themes[theme]);
  await choose(page, themes[theme]);
}

/** Opens a file of the folder by its name. */
export async function openFile(page: Page, name: string): Promise<void> {
  await page.keyboard.press('ControlOrMeta+p');
  await input(page).fill(name);
  await choose(page, name);
  await page.getByRole('tab', { name }).waitFor();
  // Its tab is there before it is the active editor, beside which other things open.
  await statusItem(page, /^Ln \d+, Col \d+/).waitFor();
}

/** Chooses an entry of the list that is open, by the beginning of its label. */
export async function choose(page: Page, label: string): Promise<void> {
  await entry(page, label).click();
}

/** Ticks an entry of a list that takes several, by the beginning of its label, and takes what is ticked. */
export async function tick(page: Page, label: string): Promise<void> {
  await entry(page, label, 'checkbox').click();
  await page.keyboard.press('Enter');
}

/** Answers the input box that is open. */
export async function answer(page: Page, text: string): Promise<void> {
  await input(page).fill(text);
  await page.keyboard.press('Enter');
}

/** Types something else for a part of the text in the editor that has the focus. @param text what stands in it */
export async function replaceText(page: Page, text: string, { from, to }: { from: string; to: string }): Promise<void> {
  const before = text.slice(0, text.indexOf(from)).split('\n');
  await page.keyboard.press('Control+g');
  const [line, column] = [before.length, (before.at(-1) as string).length + 1];
  await answer(page, `:${line}:${column}`);
  await statusItem(page, `Ln ${line}, Col ${column}`).waitFor();
  for (const _ of from) await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.type(to);
}

/** The status bar's item of which the text or tooltip matches. */
export function statusItem(page: Page, name: string | RegExp): Locator {
  return page.locator('#workbench\\.parts\\.statusbar').getByRole('button', { name });
}

/** Messages in the corner, the newest first. */
export function notifications(page: Page): Locator {
  return page.locator('.notifications-toasts .notification-list-item');
}

/** The content of the webview that is shown, of all that an extension has. */
export function webview(page: Page, extensionId: string): FrameLocator {
  return page
    .locator(`iframe.webview[src*="extensionId=${extensionId}"]:visible`)
    .contentFrame()
    .frameLocator('#active-frame');
}

/** A picture of the window, in a folder that git ignores. */
export async function screenshot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(import.meta.dirname, '../screenshots', `${name}.png`) });
}

function input(page: Page): Locator {
  return page.locator('.quick-input-widget input[type=text]');
}

/** An entry's accessible name is its label, followed by its description and key binding after commas. */
function entry(page: Page, label: string, role: 'option' | 'checkbox' = 'option'): Locator {
  const escaped = label.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return page
    .locator('.quick-input-list')
    .getByRole(role, { name: new RegExp(`^${escaped}(,|$)`) })
    .first();
}
