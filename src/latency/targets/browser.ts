import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { inBrowser } from '../links/browser.ts';
import type { TargetKind } from './kind.ts';

/** Models in WebAssembly (with SIMD, and threads where more than one is asked for) in a browser of this machine. */
export const browserTarget: TargetKind = {
  async fingerprint({ precision }, { page }, { threads, batch }) {
    const program = findBrowser();
    const { name, version } = JSON.parse(readFileSync(join(page, 'ort', 'package.json'), 'utf8')) as Record<
      string,
      string
    >;
    return {
      processor: cpus()[0]?.model.trim() || 'unknown processor',
      cores: availableParallelism(),
      platform: `${process.platform} ${process.arch}`,
      runtime: `${name} ${version} in ${browserVersion(program)}`,
      executionProvider: 'wasm',
      threads,
      batch,
      precision,
    };
  },
  connect:
    (_, { page }) =>
    (request, onMessage) =>
      inBrowser(findBrowser(), page)(request, onMessage),
};

const names: { readonly [Platform in NodeJS.Platform]?: readonly string[] } = {
  darwin: ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
    name => `/Applications/${name}.app/Contents/MacOS/${name}`,
  ),
  win32: ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe'].flatMap(path =>
    ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].map(folder => join(process.env[folder] ?? '', path)),
  ),
  linux: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge'].flatMap(name =>
    (process.env.PATH ?? '').split(delimiter).map(folder => join(folder, name)),
  ),
};

/** A Chromium-like browser: the one CHROME_PATH names, or one that is installed. @throws UserError where there is none */
function findBrowser(): string {
  const chosen = process.env.CHROME_PATH;
  if (chosen !== undefined && !existsSync(chosen))
    throw new UserError(`there is no browser at ${chosen}, which CHROME_PATH names: correct it, or unset it`);
  const found = chosen ?? names[process.platform]?.find(path => existsSync(path));
  if (found !== undefined) return found;
  throw new UserError('there is no Chromium, Chrome or Edge on this machine: install one, or name it in CHROME_PATH');
}

/** `Chromium 156.0.8078.79` */
function browserVersion(program: string): string {
  // Asked for its version, it would open a window on Windows; there its files are in a folder named so.
  if (process.platform === 'win32')
    return `Chromium ${readdirSync(dirname(program)).find(name => /^\d+(\.\d+){3}$/.test(name)) ?? ''}`;
  const output = execFileSync(program, ['--version'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 10_000,
  });
  return /\w[\w ]*? \d+(\.\d+)+/.exec(output)?.[0] ?? 'a browser of unknown version';
}
