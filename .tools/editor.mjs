// What the editor's TypeScript server needs of us: the declaration files of the module `proxyless-studio`, and the
// plugin that leads it there.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');

// The server loads plugins from the node_modules of the extension that contributes them, by the name of a package, and
// from nowhere else. vsce packs this one too: it takes every package that is not for development only.
const plugin = 'node_modules/proxyless-studio-typescript-plugin';

/** The files that `buildEditorSupport` makes. */
export const editorOutputs = ['dist/types/space/index.d.ts', `${plugin}/index.js`];

/** Rejects when something cannot be built; the compiler has said why. */
export async function buildEditorSupport() {
  const compiler = join(root, 'node_modules/.bin/tsc');
  const { status } = spawnSync(compiler, ['--project', '.tools/tsconfig.types.json'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error('The declaration files could not be made.');
  await build({
    absWorkingDir: root,
    entryPoints: ['src/extension/language/typescriptPlugin.ts'],
    outfile: `${plugin}/index.js`,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    // The server calls what the module exports.
    footer: { js: 'module.exports = module.exports.default;' },
    logLevel: 'warning',
  });
  mkdirSync(join(root, plugin), { recursive: true });
  const manifest = { name: 'proxyless-studio-typescript-plugin', version: '1.0.0', main: 'index.js' };
  writeFileSync(join(root, plugin, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}
