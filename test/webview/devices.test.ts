import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { finishedRun } from './sampleResults.ts';
import { sampleRun, small } from './sampleRun.ts';
import { settle } from './viewerPage.ts';
import { click, pictures, seriousIssues, show } from './viewerTest.ts';

const saved = { screen: 'devices' };
const done = finishedRun(small);
const comparison = done.deviceComparison!;

describe('the screen of devices', () => {
  it('says how to get there, and starts it', async context => {
    const viewer = await show(context, { ...done, deviceComparison: null }, { saved });
    await viewer.page.screenshot({ path: join(pictures, 'devices-empty-dark.png') });
    expect(await viewer.page.locator('.empty-screen').textContent()).toContain('NAS: Compare Devices');
    expect(await seriousIssues(viewer)).toEqual([]);
    await click(viewer, 'Compare Devices');
    expect(viewer.received.at(-1)).toEqual({ type: 'action', action: 'compareDevices' });
  });

  const notNow = [
    { where: 'beside a search', run: sampleRun(small) },
    { where: 'in a folder that is not trusted', run: { ...done, trusted: false, deviceComparison: null } },
  ];
  for (const { where, run } of notNow) {
    it(`offers to measure nothing ${where}`, async context => {
      const viewer = await show(context, run, { saved });
      expect(await viewer.page.locator('.empty-screen').isVisible()).toBe(true);
      expect(await viewer.page.getByRole('button', { name: 'Compare Devices' }).count()).toBe(0);
    });
  }

  it('shows what each network takes everywhere, and what exceeds a target by more than colour', async context => {
    const viewer = await show(context, done, { saved });
    const { devices, chosen } = comparison;
    const over = chosen.flatMap((one, d) =>
      devices.flatMap(({ targetMs }, e) => (one!.latencyMs[e] > (targetMs as number) ? [[d, e]] : [])),
    );
    expect(over.length).toBeGreaterThan(0);
    expect(over.some(([d, e]) => d === e)).toBe(false);
    for (const [d, e] of over) {
      const cell = viewer.page.locator('.matrix tbody tr').nth(d).locator('td').nth(e);
      expect(await cell.textContent()).toMatch(/^over the target0\.\d+ ms\+[\d.]+ %$/);
      expect(await cell.locator('svg').count()).toBe(1);
    }
    expect(await viewer.page.locator('.matrix .over').count()).toBe(over.length);
    expect(await viewer.page.getByText('webgpu cannot be used on this machine').isVisible()).toBe(true);
  });

  it('sets the operators side by side, and says which blocks are not alike', async context => {
    const viewer = await show(context, done, { saved });
    const { blocks, chosen } = comparison;
    const choice = blocks.map((_, l) => l).filter(l => blocks[l].candidates.length > 1);
    const unlike = choice.filter(l => new Set(chosen.map(one => one!.choices[l])).size > 1);
    expect(unlike.length).toBeGreaterThan(0);
    const heading = `Blocks: ${choice.length - unlike.length} of ${choice.length} alike`;
    expect(await viewer.page.getByRole('heading', { name: heading }).isVisible()).toBe(true);
    const rows = viewer.page.getByRole('row', { name: 'not alike' });
    expect(await rows.locator('th').allTextContents()).toEqual(unlike.map(l => blocks[l].name));
  });

  it('lists the largest disagreements, and all of them on demand from the keyboard', async context => {
    const viewer = await show(context, done, { saved });
    const rows = viewer.page.locator('section:has(.agreement) tbody tr');
    expect(await rows.count()).toBe(12);
    const [{ block, candidate }] = comparison.disagreements;
    const { name, candidates } = comparison.blocks[block];
    expect(await rows.first().textContent()).toContain(`${name}${candidates[candidate]}`);
    await viewer.page.getByRole('button', { name: `Show all ${comparison.disagreements.length}` }).press('Enter');
    await settle(viewer.page);
    expect(await rows.count()).toBe(comparison.disagreements.length);
    expect(await viewer.page.getByRole('button', { expanded: true }).textContent()).toBe('Show fewer');
  });

  it('shows costs alone before there was a search to choose by', async context => {
    const viewer = await show(context, { ...done, deviceComparison: { ...comparison, chosen: [] } }, { saved });
    expect(await viewer.page.locator('.matrix').count()).toBe(0);
    expect(await viewer.page.getByText('once a search has ended').isVisible()).toBe(true);
  });

  it('comes to the front when the host says that there is news', async context => {
    const viewer = await show(context, done);
    await viewer.send({ type: 'show', screen: 'devices' });
    await settle(viewer.page);
    expect(await viewer.page.getByRole('tab', { selected: true }).textContent()).toBe('Devices');
  });

  it('fits a narrow window', async context => {
    const viewer = await show(context, done, { saved });
    await viewer.page.setViewportSize({ width: 620, height: 900 });
    await settle(viewer.page);
    await viewer.page.screenshot({ path: join(pictures, 'devices-narrow.png'), fullPage: true });
    const overflow = await viewer.page.evaluate(
      'document.querySelector(".screen").scrollWidth - document.querySelector(".screen").clientWidth',
    );
    expect(overflow).toBeLessThanOrEqual(0);
  });
});
