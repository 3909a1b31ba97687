import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { isMap, isScalar, LineCounter, type Pair, parseDocument } from 'yaml';
import { isSystemError, UserError } from '../../base/errors.ts';

/**
 * How the keys of a table count channels inside an inverted bottleneck: as a ratio to those coming in (ProxylessNAS), or by
 * their number, with squeeze-and-excitation and h-swish told as well (Once-for-All).
 */
export type Dialect = 'proxyless' | 'once-for-all';

/** Latencies of a device one does not own: a table published by others. Times in ms. */
export interface ImportedTable {
  /** As people know it: the file's name. */
  name: string;
  dialect: Dialect;
  /** By key, as in the file: the mean of all runs. */
  entries: ReadonlyMap<string, number>;
}

/** Published tables have 10 to 15 kB. */
const MOST_BYTES = 2e6;

/**
 * Reads a latency table as the authors of ProxylessNAS (Pixel 1) and of Once-for-All (Note 10) publish theirs: a YAML mapping
 * from operators to `mean` (ms), and to `count` and `var` or `std`, which nothing here needs.
 * @throws UserError with the line of the first thing that is not as there
 */
export function readImportedTable(file: string): ImportedTable {
  return parseImportedTable(readText(file), file);
}

/** @param file for messages, and as the table's name */
export function parseImportedTable(text: string, file: string): ImportedTable {
  const lines = new LineCounter();
  const fail: Fail = (message, offset = 0) => {
    const { line, col } = lines.linePos(offset);
    throw new UserError(message, { file, line, column: col });
  };
  const entries = new Map<string, number>();
  for (const pair of pairsOf(text, lines, fail)) {
    const key = isScalar(pair.key) ? String(pair.key.value) : '';
    const at = offsetOf(pair.key);
    if (!/^\w+-input:/.test(key))
      fail(`"${shortened(key)}" is no operator such as "Conv-input:224x224x3-output:112x112x32"`, at);
    if (entries.has(key)) fail(`"${shortened(key)}" is there twice: remove one of the two`, at);
    entries.set(key, meanOf(key, pair, fail));
  }
  if (entries.size === 0) fail('the file is empty: a latency table has one entry an operator');
  return { name: basename(file), dialect: dialectOf(entries.keys(), fail), entries };
}

type Fail = (message: string, offset?: number) => never;

function readText(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > MOST_BYTES) throw new UserError(`${size} bytes are too many for a latency table`, { file });
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const reason = error.code === 'ENOENT' ? 'there is no such file' : `the file cannot be read (${error.code})`;
    throw new UserError(`${reason}: give a latency table (*.yaml)`, { file });
  }
}

/** The pairs of the file's one mapping. Nothing is resolved or expanded: neither tags nor aliases mean anything here. */
function pairsOf(text: string, lineCounter: LineCounter, fail: Fail): readonly Pair[] {
  try {
    // Equal keys are found here: the library compares every key with every other.
    const document = parseDocument(text, { lineCounter, uniqueKeys: false, prettyErrors: false, logLevel: 'error' });
    const [error] = document.errors;
    if (error) fail(`this is not YAML: ${error.message.split('\n')[0]}`, error.pos[0]);
    if (!isMap(document.contents)) return fail('a latency table is a mapping from operators to their mean');
    return document.contents.items;
  } catch (error) {
    if (error instanceof UserError) throw error;
    // Nested deeper than the stack goes, for one.
    return fail(`this is not a YAML that can be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function meanOf(key: string, { value }: Pair, fail: Fail): number {
  const node = isMap(value) ? value.get('mean', true) : undefined;
  const ms = isScalar(node) ? node.value : undefined;
  if (typeof ms === 'number' && Number.isFinite(ms) && ms > 0) return ms;
  return fail(`"${shortened(key)}" needs a number of milliseconds above 0 as "mean"`, offsetOf(node ?? value));
}

function dialectOf(keys: Iterable<string>, fail: Fail): Dialect {
  const bottlenecks = [...keys].filter(key => key.startsWith('expanded_conv-'));
  const withGate = bottlenecks.filter(key => /-se:[01]-hs:[01]$/.test(key));
  if (withGate.length === bottlenecks.length && bottlenecks.length > 0) return 'once-for-all';
  if (withGate.length === 0) return 'proxyless';
  return fail('some of its inverted bottlenecks tell of se and hs and some do not: this is no single table');
}

/** Where in the text a node begins. */
function offsetOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined;
  return Array.isArray(node.range) ? Number(node.range[0]) : undefined;
}

function shortened(key: string): string {
  return key.length > 120 ? `${key.slice(0, 117)}...` : key;
}
