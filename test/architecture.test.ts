import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/**
 * The doors between folders: which ones a folder may import from, besides `base`, which is open to all. Most of the
 * engine's are there because it alone puts the parts together; the search needs random batches of `data` and runs its
 * models through `runtime`.
 */
const doors: Record<string, readonly string[]> = {
  extension: ['protocol', 'space'],
  'webview-ui': ['protocol'],
  cli: ['engine', 'protocol'],
  engine: ['protocol', 'search', 'training', 'latency', 'export', 'data', 'space', 'runtime', 'graph', 'zoo'],
  search: ['training', 'latency', 'graph', 'space', 'data', 'runtime'],
  training: ['runtime', 'graph', 'data'],
  latency: ['runtime', 'graph', 'space', 'protocol'],
  export: ['runtime', 'graph', 'latency'],
  runtime: ['graph'],
  zoo: ['space'],
  graph: [],
  data: [],
  space: [],
  protocol: [],
  base: [],
};

/** Packages that only one place knows. */
const packageHomes: Record<string, string> = {
  vscode: 'src/extension/',
  'onnxruntime-node': 'src/runtime/ort/',
  'onnxruntime-web': 'src/runtime/ort/',
  esbuild: 'src/space/load.ts',
};

const LONGEST_FILE = 400;

interface Import {
  /** The importing file, from the root, with `/`. */
  file: string;
  /** As written. */
  name: string;
}

const sources = [...files('src'), ...files('webview-ui')].filter(file => /\.tsx?$/.test(file));
const imports = sources.flatMap(file => importsOf(file, read(file)));
const crossings = imports.flatMap(({ file, name }) => {
  if (!name.startsWith('.')) return [];
  const target = slashes(relative(root, join(root, dirname(file), name)));
  const [from, to] = [folderOf(file), folderOf(target)];
  return from === to ? [] : [{ file, name, from, to }];
});

describe('importsOf', () => {
  it('finds every way to import', () => {
    const text = `
import a from 'a';
import type { B } from './b.ts';
import {
  c,
} from '../c.ts';
import 'd';
export * from './e.ts';
export type { F } from './f.ts';
const g = await import('g');
// import h from 'h';
const text = "nothing from 'i'";`;
    expect(importsOf('x.ts', text).map(({ name }) => name)).toEqual([
      'a',
      './b.ts',
      '../c.ts',
      'd',
      './e.ts',
      './f.ts',
      'g',
    ]);
  });
});

describe('the folders of the product', () => {
  it('are all in the table of doors', () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(crossings.length).toBeGreaterThan(50);
    expect([...new Set(sources.map(folderOf))].filter(folder => !Object.hasOwn(doors, folder))).toEqual([]);
  });

  it('import only through the doors', () => {
    const closed = crossings.filter(({ from, to }) => to !== 'base' && !doors[from].includes(to));
    expect(closed.filter(({ name }) => !name.endsWith('/package.json'))).toEqual([]);
  });

  it('import without going round in circles', () => {
    const next = Map.groupBy(crossings, ({ from }) => from);
    const circle = (folder: string, path: string[]): string[] | undefined => {
      if (path.includes(folder)) return [...path, folder];
      const targets = new Set(next.get(folder)?.map(({ to }) => to));
      return [...targets].map(to => circle(to, [...path, folder])).find(found => found !== undefined);
    };
    const circles = Object.keys(doors).map(folder => circle(folder, []));
    expect(circles.find(found => found !== undefined)).toBeUndefined();
  });

  it('keep each native or host package to one place', () => {
    const strays = imports.filter(({ file, name }) => packageHomes[name] && !file.startsWith(packageHomes[name]));
    expect(strays).toEqual([]);
  });

  it(`have no file of more than ${LONGEST_FILE} lines`, () => {
    // Published by others, and kept as they are; pictures have no lines.
    const own = files('test').filter(file => !file.startsWith('test/fixtures/') && !file.endsWith('.png'));
    const long = [...sources, ...own].filter(file => read(file).split('\n').length > LONGEST_FILE);
    expect(long).toEqual([]);
  });
});

describe('the files of the repository', () => {
  const texts = files('.').filter(file => /\.(ts|tsx|mjs|js|json|md|py|yaml|css|html)$|\/run$|rc$|ignore$/.test(file));

  it('name no path of a machine', () => {
    expect(texts).toContain('package-lock.json');
    const machinePath = /(?<![\w.~-])\/(?:home|root|Users|tmp|work)\/\w/;
    expect(texts.filter(file => machinePath.test(read(file)))).toEqual([]);
  });

  it('name no host that packages came from', () => {
    const host = /https?:\/\/[\w.-]*(?:registry|npmjs|mirror)[\w.-]*|"resolved"/i;
    expect(texts.filter(file => file !== 'test/architecture.test.ts' && host.test(read(file)))).toEqual([]);
  });
});

/** All files below a folder, from the root, with `/`; none of what is made or installed. */
function files(folder: string): string[] {
  const made = new Set(['node_modules', 'dist', '.git', '.nas']);
  const entries = existing(folder).filter(({ name }) => !made.has(name));
  return entries.flatMap(entry => {
    const path = folder === '.' ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory() ? files(path) : [path];
  });
}

function existing(folder: string) {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true });
  } catch {
    return [];
  }
}

function importsOf(file: string, text: string): Import[] {
  const statement =
    /^(?:import|export)\b[^'";]*?\bfrom\s*'([^']+)'|^import\s*'([^']+)'|(?<!\/\/.*)\bimport\('([^']+)'\)/gm;
  return [...text.matchAll(statement)].map(([, from, bare, dynamic]) => ({ file, name: from ?? bare ?? dynamic }));
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** `src/space/load.ts` -> `space`, `webview-ui/main.ts` -> `webview-ui`. */
function folderOf(file: string): string {
  const [top, folder] = file.split('/');
  return top === 'src' ? folder : top;
}

function slashes(path: string): string {
  return path.replaceAll(sep, '/');
}
