import { existsSync } from 'node:fs';
import { findProgram, run } from './run.ts';
import { Unavailable } from './unavailable.ts';

/** Something of the operating system, and the Debian package that brings it. */
interface Part {
  package: string;
  isThere: () => boolean;
}

const chromium: Part = { package: 'chromium', isThere: () => findChromium() !== undefined };

/** Compiling code-server's native modules takes these. */
const compiling: readonly Part[] = [
  { package: 'libkrb5-dev', isThere: () => existsSync('/usr/include/gssapi/gssapi.h') },
  { package: 'build-essential', isThere: () => findProgram('make') !== undefined && findProgram('g++') !== undefined },
  { package: 'python3', isThere: () => findProgram('python3') !== undefined },
];

/** Fashion-MNIST as it was published. */
export const publishedFashionMnist = '/usr/share/datasets/fashion-mnist';

const dataset: Part = { package: 'dataset-fashion-mnist', isThere: () => existsSync(publishedFashionMnist) };

function findChromium(): string | undefined {
  return findProgram('chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome');
}

/** The path of a Chromium browser, installed when there is none. */
export async function ensureChromium(): Promise<string> {
  await ensure([chromium]);
  const path = findChromium();
  if (path === undefined) throw new Unavailable('the package chromium brought no program of this name');
  return path;
}

/** Installs what code-server's native modules are compiled with; nothing where another system brings its own. */
export async function ensureCompilers(): Promise<void> {
  if (process.platform === 'linux') await ensure(compiling);
}

/** Installs data sets that readers are compared on. */
export async function ensureDatasets(): Promise<void> {
  await ensure([dataset]);
}

async function ensure(parts: readonly Part[]): Promise<void> {
  const missing = parts.filter(part => !part.isThere()).map(part => part.package);
  if (missing.length === 0) return;
  const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  const apt = findProgram('apt-get');
  if (apt === undefined)
    throw new Unavailable(`${missing.join(', ')} must be installed by hand: there is no apt-get here`);
  if (process.getuid?.() !== 0) throw new Unavailable(`${missing.join(', ')} must be installed by root: "${command}"`);
  console.log(`Installing from Debian's packages, once: ${missing.join(', ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Lists that are out of date name files that are gone; one that cannot be renewed may still do.
  await run(apt, ['update', '-q'], { env });
  const [, ...args] = command.split(' ');
  const { ok, output } = await run(apt, ['-q', '-o', 'Acquire::Retries=3', ...args], { env });
  if (!ok) {
    console.error(output);
    throw new Unavailable(`"${command}" failed with the message above`);
  }
}
