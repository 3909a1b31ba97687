// Bundles the programs into dist/: `npm run build`, or `node .tools/build.mjs NAME ...` for some of them.
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

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
export const outputs = Object.keys(programs).map(name => `dist/${name}.js`);

/** Builds the named programs, all of them by default. Rejects when one cannot be built; esbuild has said why. */
export async function buildPrograms(names = Object.keys(programs)) {
  await build({
    absWorkingDir: root,
    entryPoints: names.map(name => ({ in: programs[name], out: name })),
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
  const unknown = names.find(name => !Object.hasOwn(programs, name));
  if (unknown !== undefined) {
    console.error(`There is no program "${unknown}"; there are ${Object.keys(programs).join(', ')}.`);
    process.exitCode = 2;
  } else {
    await buildPrograms(names.length > 0 ? names : undefined).catch(() => {
      process.exitCode = 1;
    });
  }
}
