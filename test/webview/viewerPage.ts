import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { FromPage, ToPage } from '../../src/protocol/viewer.ts';
import { ensureChromium } from '../e2e/install/debian.ts';
import type { Theme } from './themes.ts';

/** The viewer's page as built, in a browser, with the test as its extension host. */

const ORIGIN = 'http://viewer.test';

/** A browser without a screen. @throws Unavailable where there is none */
export async function openBrowser(): Promise<Browser> {
  // No sandbox: Chromium refuses to run as root with one, as it must where tests run in a container.
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--font-render-hinting=none'];
  return chromium.launch({ executablePath: await ensureChromium(), args });
}

export interface ViewerOptions {
  theme: Theme;
  /** The folder that holds `dist`. */
  root: string;
  size?: { width: number; height: number };
  /** What the page saved before it was reloaded. */
  saved?: object;
  /** The editor's language, and its texts. */
  language?: { locale: string; texts: Record<string, string> };
}

/** The page with what it said and how to speak to it. */
export interface ViewerPage {
  page: Page;
  /** All messages of the page so far, but that it has drawn something. */
  received: FromPage[];
  /** How often it said that it has drawn what it was sent of the run. */
  shown(): number;
  /** Whatever the page complained about: errors, refused styles. */
  complaints: string[];
  send(message: ToPage): Promise<void>;
  saved(): Promise<unknown>;
}

/** Opens the built page under the policy that the extension gives it. */
export async function openViewer(browser: Browser, options: ViewerOptions): Promise<ViewerPage> {
  const { root, size = { width: 1180, height: 860 } } = options;
  const page = await browser.newPage({ viewport: size });
  const received: FromPage[] = [];
  const complaints: string[] = [];
  page.on('console', message => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', error => complaints.push(error.message));
  let shown = 0;
  await page.exposeFunction('receiveFromPage', (message: FromPage) => {
    if (message.type === 'shown') shown++;
    else received.push(message);
  });
  await page.addInitScript(host(options.saved ?? null));
  await page.route(`${ORIGIN}/**`, route => {
    const name = new URL(route.request().url()).pathname.slice(1);
    if (name === '') return route.fulfill({ contentType: 'text/html', body: html(options) });
    const contentType = name.endsWith('.css') ? 'text/css' : 'text/javascript';
    return route.fulfill({ contentType, body: readFileSync(join(root, 'dist/webview', name)) });
  });
  await page.goto(`${ORIGIN}/`);
  return {
    page,
    received,
    shown: () => shown,
    complaints,
    send: async message => {
      await page.evaluate(`window.postMessage(${literal(message)})`);
    },
    saved: () => page.evaluate('window.savedState'),
  };
}

/** Waits until the page has drawn what it was sent. */
export async function settle(page: Page): Promise<void> {
  await page.evaluate(
    'new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 60))))',
  );
}

/** VS Code's side of the page: keeps what the page posts and saves. */
function host(saved: object | null): string {
  return `
    window.savedState = ${JSON.stringify(saved)};
    window.acquireVsCodeApi = () => ({
      postMessage: message => window.receiveFromPage(message),
      getState: () => window.savedState ?? undefined,
      setState: state => { window.savedState = state; },
    });`;
}

/** A message as a script makes it, typed arrays included. */
function literal(message: ToPage): string {
  const text = JSON.stringify(message, (_, value) =>
    value instanceof Float64Array ? { float64: Array.from(value) } : value,
  );
  return `JSON.parse(${JSON.stringify(text)}, (_, value) => value?.float64 ? Float64Array.from(value.float64) : value)`;
}

function html({ theme: { kind, variables }, language = { locale: 'en', texts: {} } }: ViewerOptions): string {
  const style = Object.entries(variables).map(([name, value]) => `--vscode-${name}: ${value};`);
  const policy =
    "default-src 'none'; script-src 'nonce-test'; style-src http://viewer.test/ 'nonce-theme'; font-src http://viewer.test/; img-src http://viewer.test/";
  return `<!DOCTYPE html>
<html lang="${language.locale}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Proxyless Studio</title>
<style nonce="theme">:root { ${style.join(' ')} } body { background: var(--vscode-editor-background); padding: 0 20px; }</style>
<link rel="stylesheet" href="main.css">
</head>
<body class="${kind}">
<div id="root"></div>
<script type="application/json" id="texts">${JSON.stringify(language.texts)}</script>
<script type="module" nonce="test" src="main.js"></script>
</body>
</html>`;
}
