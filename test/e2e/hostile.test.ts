import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { logText, searchEvents } from '../unit/extension/runs/exampleLog.ts';
import { extension, test } from './test.ts';
import { frameOf, viewerOf } from './viewer.ts';
import { screenshot } from './workbench/actions.ts';

const script = "<img src=x onerror='window.top.ran=window.ran=1'>";
/** As VS Code's messages take it; the viewer's side breaks it up. */
const link = '[x] (command:workbench.action.closeAllEditors)';
const events = logText(searchEvents(200));
const record = { file: '/etc/passwd', began: script, seed: 1, targetMs: 0.5, dataset: { name: link } };

/** Runs as somebody could send them: what they call themselves, and the files of their folders. */
const runs = [
  {
    name: `${script} ${link}`,
    log: events.replaceAll('mbconv 3x3 e3', script).replaceAll('stage1', link.replace(' ', '')),
  },
  { name: 'huge line', log: `${events}{"at":1,"type":"warning","message":"${'x'.repeat(64 << 20)}"}\n${events}` },
  { name: 'wrong types', log: '[]\nnull\n{"at":0,"type":"start","blocks":{"length":1e9},"space":[]}\n\0\0\n{"a":' },
  { name: 'endless', log: '' },
] as const;

const idOf = (i: number) => `2026-01-0${i + 1}-run`;

/** Writes them below a folder. */
function writeRuns(folder: string): void {
  for (const [i, { name, log }] of runs.entries()) {
    const run = join(folder, '.nas/runs', idOf(i));
    mkdirSync(run, { recursive: true });
    writeFileSync(join(run, 'run.json'), JSON.stringify({ ...record, name: name.replaceAll('] (', ']('), device: [] }));
    writeFileSync(join(run, 'latency.json'), '[[]]');
    if (name !== 'endless') {
      writeFileSync(join(run, 'events.jsonl'), log);
      continue;
    }
    // A pipe that nobody writes to, and a folder that holds itself.
    spawnSync('mkfifo', [join(run, 'events.jsonl')]);
    symlinkSync('..', join(run, 'derived'), 'junction');
  }
}

describe('runs of unknown origin', () => {
  test('are shown as text: nothing in them is run, and none keeps the others from being shown', async ({ launch }) => {
    const folder = mkdtempSync(join(tmpdir(), 'proxyless-folder-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeRuns(folder);
    const { page } = await launch({ folder, extension });
    await page.getByRole('tab', { name: 'Proxyless Studio' }).click();
    for (const [i, { name }] of runs.entries()) {
      await page.getByRole('treeitem', { name }).click();
      const title = viewerOf(page).getByRole('heading', { level: 1 });
      await title.getByText(name, { exact: true }).waitFor();
      await screenshot(page, `hostile ${i + 1}`);
      const frame = await frameOf(page);
      expect(await frame.evaluate('window.ran ?? document.images.length')).toBe(0);
    }
    expect(await page.evaluate('typeof window.ran')).toBe('undefined');
  });
});
