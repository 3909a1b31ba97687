import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { finishedRun } from './sampleResults.ts';
import { large, sampleLive, sampleRun, small } from './sampleRun.ts';
import { settle } from './viewerPage.ts';
import { pictures, seriousIssues, show } from './viewerTest.ts';

describe('the graph', () => {
  const cell = '#cell-3-2';

  it('has every candidate of 21 blocks, and moves with the deltas', async context => {
    const viewer = await show(context, sampleRun(large, 0.1));
    const cells = viewer.page.locator('.cell');
    expect(await cells.count()).toBe(6 * 6 + 15 * 7);
    const percents = () => viewer.page.locator('.cell-percent').allTextContents();
    const before = await percents();
    await viewer.send({ type: 'delta', changes: { live: sampleLive(large, 0.9) } });
    await settle(viewer.page);
    expect(await percents()).not.toEqual(before);
    expect(await viewer.page.locator('.cell.argmax').count()).toBe(21);
  });

  it('is steered from the keyboard', async context => {
    const viewer = await show(context, sampleRun(small), { saved: { pick: { block: 3, candidate: 1 } } });
    await viewer.page.locator('#cell-3-1').focus();
    for (const key of ['ArrowRight', 'l', 'b', 'f']) await viewer.page.keyboard.press(key);
    expect(await viewer.page.evaluate('document.activeElement.id')).toBe('cell-3-2');
    expect(await viewer.page.locator('.cell.picked').getAttribute('id')).toBe('cell-3-2');
    expect(await viewer.page.locator('.cell[tabindex="0"]').getAttribute('id')).toBe('cell-3-2');
    const steered = viewer.received.filter(({ type }) => type === 'steer');
    expect(steered).toEqual(['lock', 'ban', 'free'].map(action => ({ type: 'steer', block: 3, candidate: 2, action })));
  });

  it('says what is locked and banned, by more than colour', async context => {
    const viewer = await show(context, sampleRun(small));
    const locked = [null, null, null, 2, null, null, null];
    await viewer.send({ type: 'delta', changes: { restrictions: { locked, banned: [[0], [], [], [], [], [], []] } } });
    await settle(viewer.page);
    const label = (selector: string) => viewer.page.locator(selector).getAttribute('aria-label');
    expect(await label(cell)).toMatch(/^mbconv 5x5 e3 [<>\d]+ per cent.*, locked$/);
    expect(await label('#cell-0-0')).toMatch(/, banned$/);
    expect(await viewer.page.locator(`${cell} svg, #cell-0-0 svg`).count()).toBe(2);
  });

  it('explains the candidate under the pointer', async context => {
    const viewer = await show(context, sampleRun(small));
    await viewer.page.locator(cell).hover();
    await settle(viewer.page);
    const text = await viewer.page.getByRole('complementary', { name: 'Candidate' }).textContent();
    expect(text).toMatch(/stage2\.block2.*mbconv 5x5 e3.*24×7×7 → 24×7×7.*Accuracy pulls it/s);
  });

  it('draws what is inside an operator that is more than a chain', async context => {
    const run = sampleRun(small);
    const node = (name: string, ...inputs: number[]) => ({ name, inputs });
    run.space.blocks[1].candidates[1].graph = [
      node('conv 1x1', -1),
      node('depthwise 3x3', 0),
      node('depthwise 5x5', 0),
      node('max pool 3x3', -1),
      node('concat', 1, 2, 3),
    ];
    const viewer = await show(context, run, { saved: { pick: { block: 0, candidate: 1 } } });
    const picture = viewer.page.getByRole('img', { name: 'Inside mbconv 3x3 e6: conv 1x1, depthwise 3x3' });
    expect(await picture.locator('.node').allTextContents()).toHaveLength(6);
    expect(await picture.locator('.edge').count()).toBe(7);
    await viewer.page.screenshot({ path: join(pictures, 'operator-dark.png') });
    expect(await seriousIssues(viewer)).toEqual([]);
    await viewer.page.locator('#cell-0-0').hover();
    await settle(viewer.page);
    expect(await picture.count()).toBe(0);
  });

  it('cannot be steered after the search, and says so', async context => {
    const viewer = await show(context, finishedRun(small));
    await viewer.page.locator(cell).focus();
    await viewer.page.keyboard.press('l');
    expect(viewer.received.filter(({ type }) => type === 'steer')).toEqual([]);
    expect(await viewer.page.getByRole('button', { name: 'Lock' }).isDisabled()).toBe(true);
  });

  it('can be that of the derived network, with its layers', async context => {
    const viewer = await show(context, finishedRun(small));
    await viewer.page.getByLabel('Derived network', { exact: true }).first().check();
    await viewer.page.locator('.derived-chain summary').nth(1).click();
    await settle(viewer.page);
    await viewer.page.screenshot({ path: join(pictures, 'derived-dark.png') });
    expect(await viewer.page.locator('.derived-chain summary').count()).toBe(9);
    expect(await viewer.page.getByRole('cell', { name: 'Conv depthwise' }).first().isVisible()).toBe(true);
  });

  it('draws a space that was not profiled yet', async context => {
    const run = sampleRun(small, 0);
    for (const { candidates } of run.space.blocks) for (const candidate of candidates) candidate.latencyMs = null;
    run.space.fixedMs = null;
    const viewer = await show(context, { ...run, live: { ...run.live, path: [], accuracyPull: [], latencyPull: [] } });
    expect(await viewer.page.locator('.row-side').nth(2).textContent()).toBe('not profiled');
    expect(viewer.complaints).toEqual([]);
  });
});
