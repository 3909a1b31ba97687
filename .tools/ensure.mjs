// Makes a clone ready to run: installs what the lockfile names and builds what is older than its sources. Runs before
// `npm start`, `npm test` and `npm run bench`, on any Node from 20, and does nothing when nothing has changed.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

if (modified('node_modules/.package-lock.json') < modified('package-lock.json')) {
  console.error('Installing packages (npm ci), once; this takes about half a minute.');
  install();
}
// Only now: the build needs a package.
const { buildPrograms, outputs } = await import('./build.mjs');
if (Math.min(...outputs.map(modified)) < newestSource()) await buildPrograms().catch(() => process.exit(1));

function install() {
  const npm = process.env.npm_execpath;
  const [program, args] = npm ? [process.execPath, [npm]] : ['npm', []];
  const { status } = spawnSync(program, [...args, 'ci', '--loglevel=error'], {
    cwd: root,
    // On the error stream, so that what the command itself prints can be piped.
    stdio: ['ignore', process.stderr, process.stderr],
    shell: !npm && process.platform === 'win32',
  });
  if (status !== 0) {
    console.error('npm ci failed; its message is above. Check the network connection and try again.');
    process.exit(1);
  }
}

/** Milliseconds since 1970, 0 for what does not exist. */
function modified(path) {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newestSource() {
  const files = ['src', 'webview-ui', 'test/bench', 'test/webview'].flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true }).map(name => join(folder, name)),
  );
  return Math.max(...[...files, 'package.json', '.tools/build.mjs'].map(modified));
}
