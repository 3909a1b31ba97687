// The extension host's side, in CommonJS because VS Code requires it, with everything in it but VS Code itself: a small
// file that VS Code waits for when it starts, and the one with all the rest, loaded when it is first needed.
import { join } from 'node:path';
import { build } from 'esbuild';

const files = { 'src/extension/extension.ts': 'extension', 'src/extension/window.ts': 'extensionWindow' };

/** The files that `buildExtension` makes. */
export const extensionOutputs = Object.values(files).map(name => `dist/${name}.cjs`);

/** Leaves the window to the file of its own. */
const windowApart = {
  name: 'window apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/window\.ts$/ }, ({ kind }) =>
      kind === 'entry-point' ? undefined : { path: './extensionWindow.cjs', external: true },
    );
  },
};

/** Rejects when it cannot be built; esbuild has said why. */
export async function buildExtension() {
  await build({
    absWorkingDir: join(import.meta.dirname, '..'),
    entryPoints: Object.entries(files).map(([path, out]) => ({ in: path, out })),
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    external: ['vscode'],
    plugins: [windowApart],
    // Less to read before VS Code can go on; names stay, for the stacks in the log.
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: true,
    logLevel: 'warning',
  });
}
