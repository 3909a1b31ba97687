import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { type RunView, VIEWER_VERSION } from '../../src/protocol/viewer.ts';
import { type Screen, screens } from '../../webview-ui/state/page.ts';
import { Unavailable } from '../e2e/install/unavailable.ts';
import { finishedRun } from './sampleResults.ts';
import { large, sampleCurves, sampleLive, sampleRun, small } from './sampleRun.ts';
import { type Theme, themes } from './themes.ts';
import { openBrowser, openViewer, settle, type ViewerOptions, type ViewerPage } from './viewerPage.ts';

const root = join(import.meta.dirname, '../..');
const pictures = join(root, '.nas/pictures');

const titles: Record<Screen, string> = {
  graph: 'Graph',
  latency: 'Latency',
  curves: 'Curves',
  pareto: 'Pareto',
  compare: 'Compare',
};

let browser: Browser | undefined;
let missing = '';

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  const { status } = spawnSync(process.execPath, [join(root, '.tools/build.mjs'), 'webview'], { stdio: 'inherit' });
  expect(status).toBe(0);
  try {
    browser = await openBrowser();
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    missing = error.message;
  }
});

afterAll(() => browser?.close());

/** A page that has been sent a run. */
async function show(
  context: TestContext,
  run: RunView,
  saved?: object,
  theme: Theme = themes[0],
  language?: ViewerOptions['language'],
): Promise<ViewerPage> {
  if (!browser) return context.skip(`no browser: ${missing}`);
  const viewer = await openViewer(browser, { theme, root, saved, language });
  context.onTestFinished(() => viewer.page.close());
  await expect.poll(() => viewer.received.length).toBeGreaterThan(0);
  expect(viewer.received[0]).toMatchObject({ type: 'ready', version: VIEWER_VERSION });
  await viewer.send({ type: 'snapshot', version: VIEWER_VERSION, run });
  await viewer.send({ type: 'curves', ...sampleCurves(small, 1, 200) });
  await settle(viewer.page);
  return viewer;
}

function click(viewer: ViewerPage, name: string): Promise<void> {
  return viewer.page.getByRole('button', { name, exact: true }).click();
}

/** What axe finds that keeps people out. */
async function seriousIssues({ page }: ViewerPage): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>('axe.run()');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`,
    );
}

for (const theme of themes) {
  describe(`the viewer in the theme ${theme.name}`, () => {
    for (const screen of screens) {
      it(`shows the screen ${screen}, within its policy and with nothing that keeps people out`, async context => {
        const viewer = await show(context, finishedRun(small), { screen }, theme);
        if (screen === 'compare') {
          await viewer.send({ type: 'compare', run: { ...sampleRun(small, 0.3), id: 'another', seed: 2 } });
          await settle(viewer.page);
        }
        await viewer.page.screenshot({ path: join(pictures, `${screen}-${theme.name}.png`) });
        expect(viewer.complaints).toEqual([]);
        expect(await viewer.page.getByRole('tab', { selected: true }).textContent()).toBe(titles[screen]);
        expect(await seriousIssues(viewer)).toEqual([]);
      });
    }
  });
}

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
    const viewer = await show(context, sampleRun(small), { pick: { block: 3, candidate: 1 } });
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
    expect(await viewer.page.locator(cell).textContent()).toMatch(/mbconv 5x5 e3.*locked/);
    expect(await viewer.page.locator('#cell-0-0').textContent()).toMatch(/banned/);
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
    const viewer = await show(context, run, { pick: { block: 0, candidate: 1 } });
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
    const viewer = await show(context, finishedRun(small), { screen: 'curves' });
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
    const second = await show(context, sampleRun(small), (await first.saved()) as object);
    await second.send({ type: 'compare', run: other });
    await settle(second.page);
    expect(await second.page.getByRole('tab', { selected: true }).textContent()).toBe('Graph');
  });
});

describe('the page', () => {
  it('comes back as it was left', async context => {
    const first = await show(context, sampleRun(small));
    await first.page.getByRole('tab', { name: 'Pareto' }).click();
    await settle(first.page);
    const saved = (await first.saved()) as object;
    expect(saved).toMatchObject({ run: sampleRun(small).id, screen: 'pareto' });
    const second = await show(context, sampleRun(small), saved);
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
    const viewer = await show(context, { ...run, name, failure: name, warnings: [name] }, {});
    expect(await viewer.page.locator('#root img, #root script').count()).toBe(0);
    expect(await viewer.page.getByRole('heading', { level: 1 }).textContent()).toBe(name);
    expect(viewer.complaints).toEqual([]);
  });

  it('speaks the language of the editor, and writes figures as it does', async context => {
    const texts = JSON.parse(readFileSync(join(root, 'l10n/bundle.l10n.de.json'), 'utf8'));
    const viewer = await show(context, finishedRun(small), {}, themes[0], { locale: 'de', texts });
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
    expect(await viewer.page.locator('.cell.sampled').count()).toBe(0);
    expect(await viewer.page.locator('.cell').count()).toBe(47);
  });
});
