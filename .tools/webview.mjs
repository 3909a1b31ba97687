// Bundles the viewer's page, which runs in a browser: dist/webview/main.js and main.css, without anything from elsewhere.
import { join } from 'node:path';
import { build } from 'esbuild';

/** The files of the viewer's page. */
export const webviewOutputs = ['dist/webview/main.js', 'dist/webview/main.css'];

/** Rejects when the page cannot be built; esbuild has said why. */
export async function buildWebview() {
  await build({
    absWorkingDir: join(import.meta.dirname, '..'),
    entryPoints: [
      { in: 'webview-ui/main/main.tsx', out: 'main' },
      { in: 'webview-ui/main/main.css', out: 'main' },
    ],
    outdir: 'dist/webview',
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'chrome128',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.svg': 'text' },
    minify: true,
    sourcemap: 'linked',
    logLevel: 'warning',
  });
}
