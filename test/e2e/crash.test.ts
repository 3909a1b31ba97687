import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { lockHolder } from '../../src/base/processLock.ts';
import { eventsOf, only } from '../integration/program.ts';
import { digitsFolder, SPACE_FILE } from './digitsFolder.ts';
import { showInThemes } from './pictures.ts';
import { extension, test } from './test.ts';
import { patience, shownStep, untilPhase, viewerOf } from './viewer.ts';
import { notifications, openFile, runCommand } from './workbench/actions.ts';

describe('an engine that is killed in the middle of a search', () => {
  test('is told of, and its run goes on from the last checkpoint to its end', async ({ launch }) => {
    const folder = digitsFolder({ epochs: 12 });
    const { page } = await launch({ folder: folder.path, extension });
    await openFile(page, SPACE_FILE);
    await runCommand(page, 'NAS: Start NAS Search');
    await untilPhase(page, 'Searching');
    const [run] = folder.runs();
    // Beyond the one it begins with, and whole: not one that is being written.
    const checkpoints = () => readdirSync(join(run, 'checkpoints')).join();
    await expect.poll(checkpoints, patience).toMatch(/step-0*[1-9]\d*\.safetensors(,|$)/);
    process.kill(lockHolder(join(run, 'running.json')) as number, 'SIGKILL');

    await untilPhase(page, 'Interrupted');
    await viewerOf(page)
      .getByRole('alert')
      .getByText(/The engine was killed/)
      .waitFor();
    await showInThemes(page, 'killed');
    await notifications(page).getByRole('button', { name: 'Resume' }).click();
    await untilPhase(page, 'Searching');
    expect(await shownStep(page)).toBeGreaterThan(0);
    await untilPhase(page, 'Done');

    const events = eventsOf(run);
    const [{ step }] = only(events, 'resumed');
    expect(step).toBeGreaterThan(0);
    const after = events.slice(events.findIndex(({ type }) => type === 'resumed'));
    expect(only(after, 'weights')[0].step).toBe(step);
    expect(readFileSync(join(run, 'summary.md'), 'utf8')).toContain('Test accuracy');
  });
});
