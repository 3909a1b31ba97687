// The extension host's side: one CommonJS file, because VS Code requires it, with everything in it but VS Code itself.
import { join } from 'node:path';
import { build } from 'esbuild';

/** The files that `buildExtension` makes. */
export const extensionOutputs = ['dist/extension.cjs'];

/** Rejects when it cannot be built; esbuild has said why. */
export async function buildExtension() {
  await build({
    absWorkingDir: join(import.meta.dirname, '..'),
    entryPoints: ['src/extension/extension.ts'],
    outfile: extensionOutputs[0],
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    external: ['vscode'],
    // Less to read before VS Code can go on; names stay, for the stacks in the log.
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: true,
    logLevel: 'warning',
  });
}
