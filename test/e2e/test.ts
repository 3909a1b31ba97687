import { join } from 'node:path';
import { test as base, inject } from 'vitest';
import { screenshot } from './workbench/actions.ts';
import { type LaunchOptions, launchWorkbench, type Workbench } from './workbench/workbench.ts';

/** The extension as it is built here. */
export const extension = join(import.meta.dirname, '../..');

interface Fixtures {
  /** Starts VS Code; it ends with the test, and a test that fails leaves a picture. */
  launch: (options: LaunchOptions) => Promise<Workbench>;
}

/** A test that takes VS Code, skipped with the reason where there is none. */
export const test = base.extend<Fixtures>({
  launch: async ({ task, skip }, use) => {
    const installed = inject('installed');
    if (installed.kind === 'none') skip(installed.reason);
    const open: Workbench[] = [];
    await use(async options => {
      const workbench = await launchWorkbench(installed, options);
      open.push(workbench);
      return workbench;
    });
    for (const workbench of open) {
      if (task.result?.state === 'fail') await screenshot(workbench.page, `failed ${task.name}`).catch(() => {});
      await workbench.close();
    }
  },
});
