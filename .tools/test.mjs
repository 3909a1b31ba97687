// `npm test`: type check, lint and format, and all tests. Ends with the line `N passed, N failed, N skipped`, in which
// each of the three checks counts as one.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { startVitest } from 'vitest/node';

const root = join(import.meta.dirname, '..');
const count = { passed: 0, failed: 0, skipped: 0 };

check('types', 'tsc', ['--noEmit']);
check('types of the viewer', 'tsc', ['--noEmit', '--project', 'webview-ui']);
check('lint and format', 'biome', ['check', '--error-on-warnings']);
const skipped = await runTests();

if (skipped.length > 0) console.log(`Skipped:\n${skipped.map(line => `  ${line}`).join('\n')}`);
console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
process.exitCode = count.failed > 0 ? 1 : 0;

function check(name, program, args) {
  console.log(`Checking ${name} (${[program, ...args].join(' ')})`);
  const path = join(root, 'node_modules/.bin', program);
  const { status } = spawnSync(path, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
  count[status === 0 ? 'passed' : 'failed']++;
}

/** Runs every test and returns the skipped ones with the reason they gave. */
async function runTests() {
  const vitest = await startVitest('test', [], {
    config: join(root, '.tools/vitest.config.ts'),
    run: true,
    watch: false,
  });
  const skipped = [];
  for (const module of vitest.state.getTestModules()) {
    for (const test of module.children.allTests()) {
      const { state, note } = test.result();
      count[state === 'pending' ? 'failed' : state]++;
      if (state === 'skipped') skipped.push(note ? `${test.fullName}: ${note}` : test.fullName);
    }
    // A file that cannot be loaded, or a set-up that fails, has no test that says so.
    for (const suite of [module, ...module.children.allSuites()]) count.failed += suite.errors().length;
  }
  count.failed += vitest.state.getUnhandledErrors().length;
  // What goes wrong before the first file leaves nothing but this.
  if (process.exitCode && count.failed === 0) count.failed++;
  await vitest.close();
  return skipped;
}
