import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { type RunView, VIEWER_VERSION } from '../../src/protocol/viewer.ts';
import { Unavailable } from '../e2e/install/unavailable.ts';
import { finishedRun } from './sampleResults.ts';
import { small } from './sampleRun.ts';
import { themes } from './themes.ts';
import { openBrowser, openViewer, settle, type ViewerPage } from './viewerPage.ts';

// Runs for devices that are not at hand, on every screen.

const root = join(import.meta.dirname, '../..');
let browser: Browser | undefined;
let missing = '';

beforeAll(async () => {
  const { status } = spawnSync(process.execPath, [join(root, '.tools/build.mjs'), 'webview'], { stdio: 'inherit' });
  expect(status).toBe(0);
  try {
    browser = await openBrowser();
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    missing = error.message;
  }
}, 60_000);
afterAll(() => browser?.close());

/** What each screen says of a run. */
async function textsOf(context: TestContext, run: RunView): Promise<Record<string, string>> {
  if (!browser) return context.skip(`no browser: ${missing}`);
  const viewer: ViewerPage = await openViewer(browser, { theme: themes[0], root });
  await expect.poll(() => viewer.received.length).toBeGreaterThan(0);
  await viewer.send({ type: 'snapshot', version: VIEWER_VERSION, run });
  await settle(viewer.page);
  const texts: Record<string, string> = {};
  for (const screen of ['Graph', 'Latency', 'Curves', 'Pareto', 'Compare']) {
    await viewer.page.getByText(screen, { exact: true }).first().click();
    await settle(viewer.page);
    texts[screen] = (await viewer.page.locator('body').allInnerTexts()).join();
  }
  expect(viewer.complaints).toEqual([]);
  await viewer.page.close();
  return texts;
}

const measured = finishedRun(small);
const withLatencies = (latency: (ms: number | null) => number | null) =>
  measured.space.blocks.map(block => ({
    ...block,
    candidates: block.candidates.map(candidate => ({ ...candidate, latencyMs: latency(candidate.latencyMs) })),
  }));

describe('the viewer', () => {
  it('shows a run within budgets without a word of latencies', async context => {
    const { live, space, derived } = measured;
    const texts = await textsOf(context, {
      ...measured,
      device: '',
      space: {
        ...space,
        blocks: withLatencies(() => null),
        fixedMs: null,
        device: '',
        targetMs: undefined,
        budget: { macs: 1.5e6 },
      },
      live: {
        ...live,
        expectedMs: null,
        lambda: 0,
        budgets: { macs: { expected: 1.46e6, lambda: 0.1 } },
        latencyPull: live.latencyPull.map(row => row.map(() => 0)),
        budgetPull: live.latencyPull,
      },
      derived: derived && { ...derived, predictedMs: null, measuredMs: null, blocks: [], layers: [] },
      pareto: [],
      tableCheck: [],
    });
    expect(texts.Graph).toContain('1.46 M MACs');
    expect(texts.Graph).toContain('at most 1.50 M MACs');
    expect(texts.Graph).toContain('the budget pulls it');
    expect(texts.Graph).not.toMatch(/\d ms|not profiled|Measured on|NaN|undefined/);
    expect(texts.Latency).toContain('No latency was asked for in this run');
    expect(texts.Pareto).toContain('compares networks by accuracy and size');
    for (const text of Object.values(texts)) expect(text).not.toMatch(/NaN|undefined/);
  });

  it('says of a run by the table of others that nothing was measured', async context => {
    const { space, derived } = measured;
    const device = 'table of phone.yaml, not measured';
    const texts = await textsOf(context, {
      ...measured,
      device,
      space: { ...space, device, predictedBy: 'phone.yaml' },
      derived: derived && {
        ...derived,
        measuredMs: null,
        blocks: derived.blocks.map(block => ({ ...block, measuredMs: null })),
        layers: [],
      },
      pareto: measured.pareto.map(point => ({ ...point, measured: false })),
      tableCheck: [],
    });
    expect(texts.Graph).toMatch(/Latency by\s+table of phone\.yaml, not measured/);
    expect(texts.Graph).toContain('ms predicted, not measured');
    expect(texts.Pareto).toContain('(predicted)');
    for (const text of Object.values(texts)) expect(text).not.toMatch(/NaN|undefined|Measured on/);
  });
});
