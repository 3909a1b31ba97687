import { join } from 'node:path';
import { errors, type FrameLocator, type Locator, type Page } from 'playwright-core';

/** What a person does in VS Code's own parts, found by their roles and names. */

/** VS Code's own colour themes, as it names them. */
const themes = { light: 'Light Modern', dark: 'Dark Modern', 'high contrast': 'Dark High Contrast' } as const;

export type Theme = keyof typeof themes;

/** How long an entry of a list is waited for before the list is opened again, in milliseconds, and how often it is opened. */
const LOOK = 5000;
const ATTEMPTS = 18;

/** Runs a command of the palette by its whole title, `Category: Title`. */
export async function runCommand(page: Page, title: string): Promise<void> {
  await take(page, entry(page, title), () => typeCommand(page, title));
}

/** The titles of a category that the palette offers, one of which is to be there. */
export async function offeredCommands(page: Page, category: string, one: string): Promise<string[]> {
  await openUntil(page, entry(page, `${category}: ${one}`), () => typeCommand(page, `${category}: `));
  const labels = await page.locator('.quick-input-list').getByRole('option').allInnerTexts();
  await page.keyboard.press('Escape');
  const prefix = `${category}: `;
  return labels.filter(label => label.startsWith(prefix)).map(label => label.split('\n')[0].slice(prefix.length));
}

/** Opens the palette with the beginning of a command in it. */
async function typeCommand(page: Page, beginning: string): Promise<void> {
  await page.keyboard.press('F1');
  await input(page).fill(`>${beginning}`, { timeout: LOOK });
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

/**
 * Opens a list, and closes and opens it again, until an entry is in it. Extensions are read after the window is drawn and
 * their commands appear with what is going on, but not in a list that is open.
 */
async function openUntil(page: Page, wanted: Locator, open: () => Promise<void>): Promise<void> {
  await untilInTime(page, async () => {
    await open();
    await wanted.waitFor({ timeout: LOOK });
  });
}

/**
 * Opens a list and clicks an entry. As a list closes it gives the focus back to where it was; a webview takes it late on a
 * busy machine, when the next list is open, and a list that loses the focus closes. Then it is opened again, as a person would.
 */
async function take(page: Page, wanted: Locator, open: () => Promise<void>): Promise<void> {
  await untilInTime(page, async () => {
    await open();
    await wanted.waitFor({ timeout: LOOK });
    await wanted.click({ timeout: LOOK });
  });
}

/** Tries something in an open list, and again from a closed one if an element was not there in time. */
async function untilInTime(page: Page, attempt: () => Promise<void>): Promise<void> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof errors.TimeoutError) || attempts === ATTEMPTS) throw error;
      await page.keyboard.press('Escape');
    }
  }
}

/** Changes the colours of the window. */
export async function chooseTheme(page: Page, theme: Theme): Promise<void> {
  await take(page, entry(page, themes[theme]), async () => {
    await runCommand(page, 'Preferences: Color Theme');
    await input(page).fill(themes[theme], { timeout: LOOK });
  });
}

/** Opens a file of the folder by its name. */
export async function openFile(page: Page, name: string): Promise<void> {
  await take(page, entry(page, name), async () => {
    await page.keyboard.press('ControlOrMeta+p');
    await input(page).fill(name, { timeout: LOOK });
  });
  await page.getByRole('tab', { name }).waitFor();
  // Its tab is there before it is the active editor, beside which other things open.
  await statusItem(page, /^Ln \d+, Col \d+/).waitFor();
}

/** Runs a command that asks with a list, and chooses from it by the beginning of an entry's label. */
export async function runAndChoose(page: Page, title: string, label: string): Promise<void> {
  await take(page, entry(page, label), () => runCommand(page, title));
}

/** Runs a command that asks with a list of which several can be taken, ticks an entry, and takes what is ticked. */
export async function runAndTick(page: Page, title: string, label: string): Promise<void> {
  await take(page, entry(page, label, 'checkbox'), () => runCommand(page, title));
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
