import { describe, expect, it } from 'vitest';
import { finishedRun } from './sampleResults.ts';
import { sampleCurves, sampleLive, sampleRun, small } from './sampleRun.ts';
import { settle } from './viewerPage.ts';
import { click, show } from './viewerTest.ts';

describe('going through the steps', () => {
  it('asks for one state at a time, shows it, and comes back to the present', async context => {
    const viewer = await show(context, sampleRun(small));
    const slider = viewer.page.getByRole('slider', { name: 'Step that is shown' });
    for (const step of ['400', '800', '1200']) await slider.fill(step);
    const asked = () => viewer.received.flatMap(message => (message.type === 'replay' ? [message.step] : []));
    expect(asked()).toHaveLength(1);
    await viewer.send({ type: 'replay', live: sampleLive(small, 0.1) });
    await settle(viewer.page);
    expect(asked()).toHaveLength(2);
    expect(asked()[1]).toBeGreaterThan(1000);
    await viewer.send({ type: 'replay', live: sampleLive(small, 0.32) });
    await settle(viewer.page);
    const shown = await viewer.page.locator('.cell-percent').allTextContents();
    await click(viewer, 'Present');
    await settle(viewer.page);
    expect(asked().at(-1)).toBeNull();
    expect(await viewer.page.locator('.cell-percent').allTextContents()).not.toEqual(shown);
  });
});

describe('the curves', () => {
  it('are asked for again for the steps that are dragged over', async context => {
    const viewer = await show(context, finishedRun(small), { saved: { screen: 'curves' } });
    const box = await viewer.page.locator('.u-over').first().boundingBox();
    if (!box) throw new Error('there is no chart');
    await viewer.page.mouse.move(box.x + box.width * 0.25, box.y + 50);
    await viewer.page.mouse.down();
    await viewer.page.mouse.move(box.x + box.width * 0.5, box.y + 60, { steps: 4 });
    await viewer.page.mouse.up();
    await settle(viewer.page);
    const request = viewer.received.at(-1);
    if (request?.type !== 'curves') throw new Error('no curves were asked for');
    expect(request.from).toBeCloseTo(3750 * 0.25, -2);
    expect(request.to).toBeCloseTo(3750 * 0.5, -2);
    await click(viewer, 'All steps');
    await settle(viewer.page);
    expect(viewer.received.at(-1)).toEqual({ type: 'curves', points: 1200 });
  });
});

describe('the comparison', () => {
  it('adds the main curves of the other run, until it ends', async context => {
    const viewer = await show(context, sampleRun(small));
    await viewer.send({ type: 'compare', run: { ...sampleRun(small, 0.3), id: 'another' } });
    await viewer.send({ type: 'comparedCurves', ...sampleCurves(small, 0.9, 50) });
    await viewer.page.getByRole('tab', { name: 'Curves' }).click();
    await settle(viewer.page);
    const legend = () => viewer.page.locator('.u-legend').first().locator('th').allTextContents();
    expect(await legend()).toEqual(['step', 'step by step', 'smoothed', 'smoothed, compared']);
    expect(await viewer.page.locator('.curves-bar').textContent()).toContain('Dotted: another.');
    await viewer.page.getByRole('tab', { name: 'Compare' }).click();
    await click(viewer, 'End the comparison');
    await viewer.page.getByRole('tab', { name: 'Curves' }).click();
    await settle(viewer.page);
    expect(await legend()).toEqual(['step', 'step by step', 'smoothed']);
  });

  it('is shown when a run is chosen, and does not come back to the front after a reload', async context => {
    const other = { ...sampleRun(small, 0.3), id: 'another', seed: 2 };
    const first = await show(context, sampleRun(small));
    await first.send({ type: 'compare', run: other });
    await settle(first.page);
    expect(await first.page.getByRole('tab', { selected: true }).textContent()).toBe('Compare');
    await first.page.getByRole('tab', { name: 'Graph' }).click();
    await settle(first.page);
    const second = await show(context, sampleRun(small), { saved: (await first.saved()) as object });
    await second.send({ type: 'compare', run: other });
    await settle(second.page);
    expect(await second.page.getByRole('tab', { selected: true }).textContent()).toBe('Graph');
  });
});
