import axe from 'axe-core';
import type { Frame, FrameLocator, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { webview } from './workbench/actions.ts';

/** The architecture viewer, as a person sees it. */

/** For `expect.poll`: what is awaited takes a step, an epoch or a training. */
export const patience = { timeout: 120_000, interval: 250 };

/** The viewer that is in front. */
export function viewerOf(page: Page): FrameLocator {
  return webview(page, 'proxyless-studio.proxyless-studio');
}

/** Waits until the run bar says that a run is so far. */
export async function untilPhase(page: Page, word: string | RegExp): Promise<void> {
  await expect.poll(() => phase(page), patience).toMatch(word);
}

async function phase(page: Page): Promise<string | null> {
  return viewerOf(page)
    .locator('.phase')
    .textContent({ timeout: 1000 })
    .catch(() => null);
}

/** The candidates of a choice block, from left to right. */
export function candidates(page: Page, block: string): Locator {
  return viewerOf(page).getByRole('group', { name: block }).getByRole('button');
}

/** Their probabilities in per cent, as they are shown. */
export async function percents(page: Page, block: string): Promise<string[]> {
  return candidates(page, block).locator('.cell-percent').allTextContents();
}

/** The step that the run bar says it is at. */
export async function shownStep(page: Page): Promise<number> {
  const facts = await viewerOf(page).locator('.facts').textContent();
  return Number(/Step([\d,]+) \//.exec(facts ?? '')?.[1].replaceAll(',', ''));
}

/** What axe finds in the viewer that keeps people out. */
export async function seriousIssues(page: Page): Promise<string[]> {
  const frame = await frameOf(page);
  await frame.evaluate(axe.source);
  const { violations } = await frame.evaluate<axe.AxeResults>('axe.run()');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join('\n')}`);
}

/** The document of the viewer in front. */
export async function frameOf(page: Page): Promise<Frame> {
  const body = await viewerOf(page).locator('body').elementHandle();
  return (await body?.ownerFrame()) as Frame;
}
