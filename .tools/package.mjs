// `npm run package`: the extension as a .vsix file for this platform. Its native parts are those of the machine it is
// made on, so it is made once on each.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createVSIX } from '@vscode/vsce';
import { buildPrograms } from './build.mjs';

const root = join(import.meta.dirname, '..');
const target = `${process.platform}-${process.arch}`;
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const packagePath = join(root, 'dist', `${manifest.name}-${manifest.version}-${target}.vsix`);
const plugins = manifest.contributes.typescriptServerPlugins ?? [];

// Of the packages only what runs.
const unused = ['node_modules/**/*.map', 'node_modules/**/*.d.{ts,mts,cts}', 'node_modules/zod/src/**'];

await buildPrograms();
const stage = mkdtempSync(join(tmpdir(), 'proxyless-package-'));
try {
  copyProgram();
  copyPackages();
  writeManifest();
  await createVSIX({
    cwd: stage,
    target,
    packagePath,
    allowMissingRepository: true,
    skipLicense: true,
    rewriteRelativeLinks: false,
  });
} finally {
  rmSync(stage, { recursive: true });
}

function copyProgram() {
  for (const name of manifest.files.filter(name => name !== 'dist' && name !== 'package.json')) {
    cpSync(join(root, name), join(stage, name), { recursive: true });
  }
  // Programs for development, and maps, which are larger than what they map, stay at home.
  const left = /\.map$|\.vsix$|^bench/;
  cpSync(join(root, 'dist'), join(stage, 'dist'), {
    recursive: true,
    filter: path => !left.test(relative(join(root, 'dist'), path)),
  });
}

/** What the engine needs at run time, of native libraries this platform's alone, and the plugins that are built here. */
function copyPackages() {
  const npm = process.env.npm_execpath;
  const [program, args] = npm ? [process.execPath, [npm]] : ['npm', []];
  const list = execFileSync(program, [...args, 'ls', '--omit=dev', '--all', '--parseable'], {
    cwd: root,
    encoding: 'utf8',
  });
  const folders = list.split('\n').filter(path => path.includes('node_modules'));
  for (const folder of [...folders, ...plugins.map(({ name }) => join(root, 'node_modules', name))]) {
    const to = join(stage, relative(root, folder));
    mkdirSync(to, { recursive: true });
    cpSync(folder, to, { recursive: true, filter: path => isNeeded(relative(folder, path)) });
  }
}

function isNeeded(path) {
  const [, platform, arch] = /^bin[\\/]napi-v\d+[\\/](\w+)(?:[\\/](\w+))?/.exec(path) ?? [];
  return (platform ?? process.platform) === process.platform && (arch ?? process.arch) === process.arch;
}

function writeManifest() {
  const { devDependencies, scripts, files, bin, exports, ...kept } = manifest;
  writeFileSync(join(stage, '.vscodeignore'), unused.join('\n'));
  const own = Object.fromEntries(plugins.map(({ name }) => [name, '*']));
  const dependencies = { ...kept.dependencies, ...own };
  writeFileSync(join(stage, 'package.json'), JSON.stringify({ ...kept, dependencies }, null, 2));
}
