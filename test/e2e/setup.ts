import type { TestProject } from 'vitest/node';
import { type Installed, installWorkbench } from './install/install.ts';

declare module 'vitest' {
  interface ProvidedContext {
    installed: Installed;
  }
}

/** Runs once before all end-to-end tests. */
export default async function setup(project: TestProject): Promise<void> {
  const installed = await installWorkbench({ browser: true });
  if (installed.kind === 'code-server') console.log(`End-to-end tests run in code-server: ${installed.reason}`);
  if (installed.kind === 'none') console.log(`End-to-end tests are skipped: ${installed.reason}`);
  project.provide('installed', installed);
}
