import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire, SourceMap } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { compileFunction, runInNewContext } from 'node:vm';
import { type BuildFailure, build, type Message } from 'esbuild';
import { type SourcePlace, UserError } from '../base/errors.ts';
import { isSearchSpace } from './define.ts';
import * as api from './index.ts';
import { SpaceError } from './issues.ts';
import { nearest } from './nearest.ts';
import { callerPlace, type PlaceMapper, thrownPlace, withSource } from './places.ts';
import type { SearchSpace } from './searchSpace.ts';
import { stackDuring } from './stuck.ts';

/** The name under which a search-space file imports the product's module. */
export const moduleName = 'proxyless-studio';

/**
 * Loads a search-space file: bundles it with what it imports, runs it within a time limit, and returns its default export.
 *
 * @param options.timeoutMs how long the file may run, in milliseconds
 * @param options.importsFrom folder that its relative imports start from, for a copy that stands elsewhere
 * @param options.text what the file holds in an editor, where that is not saved yet; the file need not exist then
 * @throws UserError (SpaceError where the space itself is wrong) at the place in the person's file
 */
export async function loadSearchSpace(
  file: string,
  options: { timeoutMs?: number; importsFrom?: string; text?: string } = {},
): Promise<SearchSpace> {
  const path = resolve(file);
  const { timeoutMs = 10_000, importsFrom = dirname(path), text } = options;
  const { code, mapper } = await bundle(path, text ?? textOf(path), importsFrom);
  const evaluate = (limitMs: number) => withSource({ mapper, path, text }, () => run(code, path, limitMs));
  let exported: unknown;
  try {
    exported = evaluate(timeoutMs);
  } catch (error) {
    throw await withLine(error, () => evaluate(2 * SECOND_LOOK_MS), path, mapper);
  }
  if (isSearchSpace(exported)) return exported;
  throw new UserError(
    exported === undefined
      ? 'This file has no default export. End it with: export default defineSearchSpace({ ... })'
      : 'The default export is not a search space. Make it with defineSearchSpace({ ... }).',
    { file: path },
  );
}

/** A file that had to be ended. */
class NeverEnded extends UserError {}

/** How long a file that never ends runs once more, to see where it hangs. */
const SECOND_LOOK_MS = 200;

/** The error, with the line where the file hangs if it never ended. */
async function withLine(error: unknown, again: () => void, path: string, mapper: PlaceMapper): Promise<unknown> {
  if (!(error instanceof NeverEnded)) return error;
  const frames = await stackDuring(again, SECOND_LOOK_MS);
  const own = frames.find(({ file }) => file === path);
  return own ? new UserError(error.message, mapper(own)) : error;
}

function textOf(path: string): string {
  if (!existsSync(path))
    throw new UserError('There is no such file. Check the path of the search space.', { file: path });
  if (!statSync(path).isFile()) throw new UserError('This is a folder, not a search-space file.', { file: path });
  return readFileSync(path, 'utf8');
}

interface Bundle {
  code: string;
  mapper: PlaceMapper;
}

async function bundle(path: string, contents: string, importsFrom: string): Promise<Bundle> {
  // Nothing is written; the name only gives the source map its relative paths.
  const outfile = join(dirname(path), 'search-space.bundle.cjs');
  const result = await build({
    stdin: { contents, resolveDir: importsFrom, sourcefile: path, loader: 'ts' },
    absWorkingDir: dirname(path),
    outfile,
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    sourcemap: 'external',
    external: [moduleName],
    logLevel: 'silent',
  }).catch((failure: unknown) => {
    if (!isBuildFailure(failure) || failure.errors.length === 0) throw failure;
    throw new SpaceError(
      failure.errors.map(found => ({
        message: `${found.text}${/[.!?]$/.test(found.text) ? '' : '.'}`,
        place: messagePlace(found, path),
        path: '',
      })),
    );
  });
  const [map, code] = ['.map', '.cjs'].map(
    end => result.outputFiles.find(output => output.path.endsWith(end))?.text ?? '',
  );
  return { code, mapper: mapperOf(map, path) };
}

/** From lines of the bundle, which runs under the file's own name, to lines of the person's files. */
function mapperOf(json: string, path: string): PlaceMapper {
  const map = new SourceMap(JSON.parse(json));
  return place => {
    if (place.file !== path || place.line === undefined) return place;
    const entry = map.findEntry(place.line - 1, (place.column ?? 1) - 1);
    if (!('originalSource' in entry)) return place;
    return {
      file: resolve(dirname(path), entry.originalSource),
      line: entry.originalLine + 1,
      column: entry.originalColumn + 1,
    };
  };
}

function run(code: string, path: string, timeoutMs: number): unknown {
  const module: { exports: { default?: unknown } } = { exports: {} };
  const body = compileFunction(code, ['module', 'exports', 'require'], { filename: path });
  const evaluate = () => body(module, module.exports, requireFrom(path));
  try {
    // The time limit holds for everything called from here, the product's own functions included; the file itself runs
    // among the product's objects, so that its arrays and errors are ordinary ones.
    runInNewContext('evaluate()', { evaluate }, { timeout: timeoutMs });
  } catch (error) {
    throw asUserError(error, path, timeoutMs);
  }
  return module.exports.default;
}

function asUserError(error: unknown, path: string, timeoutMs: number): UserError {
  if (error instanceof UserError) return error;
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
    const message = `This file did not finish within ${timeoutMs / 1000} s. Look for a loop that never ends.`;
    return new NeverEnded(message, { file: path });
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : `It threw ${String(error)}`;
  return new UserError(`This file failed while it was loaded. ${message}`, thrownPlace(error) ?? { file: path });
}

/** The product's module is the one already loaded; Node's own modules are open, everything else is in the bundle. */
function requireFrom(path: string): (name: string) => unknown {
  const own = new Proxy(api, { get: (target, name) => Reflect.get(target, name) ?? missing(name) });
  return name => (name === moduleName ? own : createRequire(path)(name));
}

function missing(name: string | symbol): undefined {
  if (typeof name === 'symbol' || name === '__esModule' || name === 'default' || name === 'then') return undefined;
  const meant = nearest(name, Object.keys(api));
  throw new SpaceError([
    {
      message: `${moduleName} has no "${name}".`,
      fix: meant
        ? `Did you mean "${meant}"?`
        : 'Check its spelling, or make an operator of your own with operator(name, build).',
      remedies: meant ? [{ action: 'renameAll', from: name, to: meant }] : [],
      place: callerPlace(),
      path: '',
    },
  ]);
}

function messagePlace({ location }: Message, path: string): SourcePlace {
  if (!location) return { file: path };
  return { file: resolve(dirname(path), location.file), line: location.line, column: location.column + 1 };
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && Array.isArray((error as BuildFailure).errors);
}
