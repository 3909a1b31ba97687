// What measures latencies elsewhere: one file that is sent to another machine, and a page for a browser with its runtime.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const runtime = join(root, 'node_modules/onnxruntime-web');
const runtimeFiles = ['ort.wasm.min.mjs', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'];

export const profilerOutputs = [
  'dist/profilerAgent.js',
  'dist/browser/page.js',
  ...[...runtimeFiles, 'package.json'].map(name => `dist/browser/ort/${name}`),
];

export async function buildProfilers() {
  const shared = { absWorkingDir: root, bundle: true, format: 'esm', logLevel: 'warning' };
  await build({
    ...shared,
    entryPoints: ['src/latency/profilerAgent.ts'],
    outfile: 'dist/profilerAgent.js',
    platform: 'node',
    // The oldest that other machines may have.
    target: 'node20',
    external: ['onnxruntime-node'],
  });
  await build({
    ...shared,
    entryPoints: ['src/latency/profilerPage.ts'],
    outfile: 'dist/browser/page.js',
    platform: 'browser',
    target: 'es2022',
  });
  const to = join(root, 'dist/browser/ort');
  mkdirSync(to, { recursive: true });
  // Three of its files, of fourteen megabytes, are all that WebAssembly takes.
  for (const name of runtimeFiles) copyFileSync(join(runtime, 'dist', name), join(to, name));
  const { name, version, license } = JSON.parse(readFileSync(join(runtime, 'package.json'), 'utf8'));
  writeFileSync(join(to, 'package.json'), JSON.stringify({ name, version, license }));
}
