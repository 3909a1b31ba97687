import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, type TestContext } from 'vitest';
import { type RunView, VIEWER_VERSION } from '../../src/protocol/viewer.ts';
import type { Screen } from '../../webview-ui/state/page.ts';
import { Unavailable } from '../e2e/install/unavailable.ts';
import { sampleCurves, small } from './sampleRun.ts';
import { themes } from './themes.ts';
import { openBrowser, openViewer, settle, type ViewerOptions, type ViewerPage } from './viewerPage.ts';

/** What tests of the viewer's page share: a browser for each file, and what a person does and reads in it. */

export const root = join(import.meta.dirname, '../..');

/** Pictures are looked at by people; git ignores them. */
export const pictures = join(root, '.nas/pictures');

export const titles: Record<Screen, string> = {
  graph: 'Graph',
  latency: 'Latency',
  curves: 'Curves',
  pareto: 'Pareto',
  devices: 'Devices',
  compare: 'Compare',
};

let browser: Browser | undefined;
let missing = '';

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  try {
    browser = await openBrowser();
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    missing = error.message;
  }
});

afterAll(() => browser?.close());

/** A page that has been sent a run; skips the test where there is no browser. */
export async function show(
  context: TestContext,
  run: RunView,
  options: Partial<Pick<ViewerOptions, 'saved' | 'theme' | 'language'>> = {},
): Promise<ViewerPage> {
  if (!browser) return context.skip(`no browser: ${missing}`);
  const viewer = await openViewer(browser, { theme: themes[0], root, ...options });
  context.onTestFinished(() => viewer.page.close());
  await expect.poll(() => viewer.received.length).toBeGreaterThan(0);
  expect(viewer.received[0]).toMatchObject({ type: 'ready', version: VIEWER_VERSION });
  await viewer.send({ type: 'snapshot', version: VIEWER_VERSION, run });
  await viewer.send({ type: 'curves', ...sampleCurves(small, 1, 200) });
  await settle(viewer.page);
  return viewer;
}

/** Presses the button of a name. */
export function click(viewer: ViewerPage, name: string): Promise<void> {
  return viewer.page.getByRole('button', { name, exact: true }).click();
}

/** What axe finds that keeps people out. */
export async function seriousIssues({ page }: ViewerPage): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>('axe.run()');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`,
    );
}
