import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Builds the viewer's page before any test looks at it: once, as files of tests run side by side. */
export default function build(): void {
  const program = join(import.meta.dirname, '../../.tools/build.mjs');
  const { status } = spawnSync(process.execPath, [program, 'webview'], { stdio: 'inherit' });
  if (status !== 0) throw new Error('the page of the viewer cannot be built');
}
