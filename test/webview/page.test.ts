import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { VIEWER_VERSION } from '../../src/protocol/viewer.ts';
import type { Screen } from '../../webview-ui/state/page.ts';
import { finishedRun } from './sampleResults.ts';
import { sampleRun, small } from './sampleRun.ts';
import { settle } from './viewerPage.ts';
import { click, pictures, root, show, titles } from './viewerTest.ts';

describe('the run bar', () => {
  it('offers what can be done in each phase, and tells the host', async context => {
    const viewer = await show(context, sampleRun(small));
    await click(viewer, 'Pause');
    await viewer.send({ type: 'delta', changes: { vitals: { ...sampleRun(small).vitals, phase: 'paused' } } });
    await settle(viewer.page);
    await click(viewer, 'Resume');
    await click(viewer, 'Compare with another run');
    const actions = viewer.received.flatMap(message => (message.type === 'action' ? [message.action] : []));
    expect(actions).toEqual(['pause', 'resume', 'compare']);
    expect(await viewer.page.locator('output[aria-live=polite]').textContent()).toBe('fashion-mnist: Paused');
  });

  it('names the machine that is measured', async context => {
    const viewer = await show(context, sampleRun(small));
    expect(await viewer.page.locator('.goal').textContent()).toContain('Measured on AMD EPYC, 1 thread, batch 1');
  });

  it('offers nothing that runs anything in a folder that is not trusted, and says why', async context => {
    const viewer = await show(context, { ...finishedRun(small), trusted: false });
    const buttons = viewer.page.getByRole('toolbar', { name: 'Run' }).getByRole('button');
    expect(await buttons.allTextContents()).toEqual(['Report', 'Compare with another run', 'Open the search space']);
    expect(await viewer.page.getByText('This folder is not trusted').isVisible()).toBe(true);
    await viewer.send({ type: 'delta', changes: { trusted: true } });
    await settle(viewer.page);
    expect(await buttons.allTextContents()).toContain('Export');
  });

  it('does not offer to resume a run that has saved nothing', async context => {
    const run = sampleRun(small);
    const vitals = { ...run.vitals, phase: 'crashed' as const };
    const space = { ...run.space, blocks: [], targetMs: 0 };
    const viewer = await show(context, { ...run, vitals, space, startedAt: 'soon', device: '', resumable: false });
    expect(await viewer.page.getByRole('button', { name: 'Resume Run' }).count()).toBe(0);
    expect(await viewer.page.locator('.run-bar').textContent()).not.toMatch(/soon|Measured on/);
    expect(await viewer.page.locator('.empty-screen').textContent()).toMatch(/no log that can be read/);
  });

  it('says what happened to a run that was interrupted, and offers to resume it', async context => {
    const run = sampleRun(small);
    const failure = 'The engine ended at step 2,325 (out of memory).';
    const vitals = { ...run.vitals, phase: 'crashed' as const };
    const viewer = await show(context, { ...run, failure, vitals });
    expect(await viewer.page.getByRole('alert').textContent()).toContain(failure);
    await click(viewer, 'Resume Run');
    expect(viewer.received.at(-1)).toEqual({ type: 'action', action: 'resumeInterrupted' });
  });

  it('shows what was inherited, and warnings', async context => {
    const run = sampleRun(small);
    const inherited = {
      fromRun: 'an earlier run',
      blocks: run.space.blocks.map(({ name }, i) => ({ block: name, inherited: i > 0, reason: 'as it was' })),
      difference: ['~ stage2: width 24 -> 32', '+ stage3.block2', '- stage1: zero'],
    };
    const viewer = await show(context, { ...run, inherited, warnings: ['The machine is noisy.'] });
    await viewer.page.getByText('Weights of 8 of 9 blocks inherited from an earlier run').click();
    expect(await viewer.page.getByText('~ stage2: width 24 -> 32').isVisible()).toBe(true);
    expect(await viewer.page.getByText('The machine is noisy.').isVisible()).toBe(true);
    await viewer.page.screenshot({ path: join(pictures, 'inherited-dark.png') });
  });
});

describe('the page', () => {
  it('tells the host each time that it has drawn what it was sent of the run', async context => {
    const run = sampleRun(small);
    const viewer = await show(context, run);
    await expect.poll(viewer.shown).toBe(1);
    await viewer.send({ type: 'delta', changes: { vitals: { ...run.vitals, fraction: 0.7 } } });
    await expect.poll(viewer.shown).toBe(2);
  });

  it('comes back as it was left', async context => {
    const first = await show(context, sampleRun(small));
    await first.page.getByRole('tab', { name: 'Pareto' }).click();
    await settle(first.page);
    const saved = (await first.saved()) as object;
    expect(saved).toMatchObject({ run: sampleRun(small).id, screen: 'pareto' });
    const second = await show(context, sampleRun(small), { saved });
    expect(second.received[0]).toMatchObject({ run: sampleRun(small).id });
    expect(await second.page.getByRole('tab', { selected: true }).textContent()).toBe('Pareto');
  });

  it('says what to do where there is no run', async context => {
    const viewer = await show(context, sampleRun(small));
    await viewer.send({ type: 'empty', version: VIEWER_VERSION, text: 'Start a search first.' });
    await settle(viewer.page);
    expect(await viewer.page.locator('#root').textContent()).toBe('Start a search first.');
  });

  it('shows names of run files as text, whatever they hold', async context => {
    const name = '<img src=x onerror="document.title=1"><script>1</script>';
    const run = sampleRun(small);
    run.space.blocks[1].candidates[0].name = name;
    const viewer = await show(context, { ...run, name, failure: name, warnings: [name] });
    expect(await viewer.page.locator('#root img, #root script').count()).toBe(0);
    expect(await viewer.page.getByRole('heading', { level: 1 }).textContent()).toBe(name);
    expect(viewer.complaints).toEqual([]);
  });

  it('speaks the language of the editor, and writes figures as it does', async context => {
    const texts = JSON.parse(readFileSync(join(root, 'l10n/bundle.l10n.de.json'), 'utf8'));
    const viewer = await show(context, finishedRun(small), { language: { locale: 'de', texts } });
    await viewer.page.screenshot({ path: join(pictures, 'graph-german.png') });
    expect(await viewer.page.getByRole('tab').allTextContents()).toEqual(
      Object.keys(titles).map(s => texts[titles[s as Screen]]),
    );
    const goal = await viewer.page.locator('.goal').textContent();
    expect(goal).toMatch(/^Netz für Fashion-MNIST gefunden: 91,97 % Testgenauigkeit bei 0,0\d+ ms, Ziel 0,0550 ms\./);
    expect(await viewer.page.locator('.facts').textContent()).toContain('3.750 / 3.750');
  });

  it('works with forced colours and without motion', async context => {
    const viewer = await show(context, sampleRun(small));
    await viewer.page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
    await viewer.page.reload();
    await viewer.send({ type: 'snapshot', version: VIEWER_VERSION, run: sampleRun(small) });
    await settle(viewer.page);
    await viewer.page.screenshot({ path: join(pictures, 'graph-forced-colours.png') });
    expect(await viewer.page.locator('.cell .sampled').count()).toBe(0);
    expect(await viewer.page.locator('.cell').count()).toBe(47);
  });
});
