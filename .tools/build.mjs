// Bundles the programs into dist/: `npm run build`, or `node .tools/build.mjs NAME ...` for some of them.
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { buildEditorSupport, editorOutputs } from './editor.mjs';
import { buildExtension, extensionOutputs } from './extension.mjs';
import { buildProfilers, profilerOutputs } from './profilers.mjs';
import { buildWebview, webviewOutputs } from './webview.mjs';

const root = join(import.meta.dirname, '..');

// No splitting: each program is a process of its own, and the loader hands a person's file the module it holds itself.
const programs = {
  proxyless: 'src/cli/proxyless.ts',
  engine: 'src/engine/main.ts',
  profiler: 'src/latency/profilerProcess.ts',
  trainer: 'src/engine/trainer/trainerProcess.ts',
  space: 'src/space/index.ts',
  bench: 'test/bench/main.ts',
  benchStepWorker: 'test/bench/stepWorker.ts',
};

/** The files of a complete build. */
export const outputs = [
  ...Object.keys(programs).map(name => `dist/${name}.js`),
  ...profilerOutputs,
  ...extensionOutputs,
  ...editorOutputs,
  ...webviewOutputs,
];

const allNames = [...Object.keys(programs), 'profilers', 'extension', 'editor', 'webview'];

/** Builds the named programs, all of them by default. Rejects when one cannot be built; esbuild has said why. */
export async function buildPrograms(names = allNames) {
  if (names.includes('profilers')) await buildProfilers();
  if (names.includes('extension')) await buildExtension();
  if (names.includes('editor')) await buildEditorSupport();
  if (names.includes('webview')) await buildWebview();
  const bundles = names.filter(name => Object.hasOwn(programs, name));
  if (bundles.length === 0) return;
  await build({
    absWorkingDir: root,
    entryPoints: bundles.map(name => ({ in: programs[name], out: name })),
    outdir: 'dist',
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    packages: 'external',
    alias: { 'proxyless-studio': './src/space/index.ts' },
    sourcemap: true,
    logLevel: 'warning',
  });
  if (names.includes('proxyless')) chmodSync(join(root, 'dist/proxyless.js'), 0o755);
}

if (import.meta.main ?? process.argv[1] === import.meta.filename) {
  const names = process.argv.slice(2);
  const unknown = names.find(name => !allNames.includes(name));
  if (unknown !== undefined) {
    console.error(`There is no program "${unknown}"; there are ${allNames.join(', ')}.`);
    process.exitCode = 2;
  } else {
    await buildPrograms(names.length > 0 ? names : undefined).catch(() => {
      process.exitCode = 1;
    });
  }
}
