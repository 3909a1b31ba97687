import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import type { RunView } from '../../src/protocol/viewer.ts';
import { screens } from '../../webview-ui/state/page.ts';
import { finishedRun } from './sampleResults.ts';
import { small } from './sampleRun.ts';
import { settle } from './viewerPage.ts';
import { pictures, show, titles } from './viewerTest.ts';

// Runs for devices that are not at hand, on every screen.

/** What each screen says of a run, and the graph of its derived network. */
async function textsOf(context: TestContext, run: RunView, picture: string): Promise<Record<string, string>> {
  const viewer = await show(context, run);
  const { page } = viewer;
  const texts: Record<string, string> = {};
  const read = async (name: string) => {
    await settle(page);
    texts[name] = (await page.locator('body').allInnerTexts()).join();
    await page.screenshot({ path: join(pictures, `${picture}-${name}.png`) });
  };
  for (const screen of screens) {
    await page.getByRole('tab', { name: titles[screen] }).click();
    await read(titles[screen]);
  }
  await page.getByRole('tab', { name: titles.graph }).click();
  await page.getByRole('radio', { name: 'Derived network' }).click();
  await read('Derived');
  expect(viewer.complaints).toEqual([]);
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
    const run: RunView = {
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
    };
    const texts = await textsOf(context, run, 'budgets');
    expect(texts.Graph).toContain('1.46 M MACs');
    expect(texts.Graph).toContain('at most 1.50 M MACs');
    expect(texts.Graph).toContain('91.97 % test accuracy with at most 1.50 M MACs.');
    expect(texts.Graph).toContain('The budget pulls it');
    for (const graph of [texts.Graph, texts.Derived])
      expect(graph).not.toMatch(/\d ms|[Ll]atency (?!against)|profiled|easured/);
    expect(texts.Latency).toContain('No latency was asked for in this run');
    expect(texts.Pareto).toContain('compares networks by accuracy and size');
    for (const text of Object.values(texts)) expect(text).not.toMatch(/NaN|undefined/);
  });

  it('says of a run by the table of others that nothing was measured', async context => {
    const { space, derived } = measured;
    const device = 'table of phone.yaml, not measured';
    const run: RunView = {
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
    };
    const texts = await textsOf(context, run, 'table');
    expect(texts.Graph).toContain('Predicted by the table of phone.yaml, not measured.');
    expect(texts.Graph).toMatch(/tested, [\d.]+ ms predicted/);
    expect(texts.Derived).toMatch(/Whole network: [\d.]+ ms predicted, not measured\./);
    expect(texts.Pareto).toContain('(predicted)');
    for (const text of Object.values(texts)) expect(text).not.toMatch(/NaN|undefined|Measured on/);
  });
});
