import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closingBracket, codeOf } from '../base/code.ts';
import type { SourcePlace } from '../base/errors.ts';

/** Turns a place in a bundle into the place in the person's own file. */
export type PlaceMapper = (place: SourcePlace) => SourcePlace;

/** What is known of the file that runs. */
export interface RunningSource {
  mapper: PlaceMapper;
  /** The file, and its text where that is not the one on disk. */
  path: string;
  text?: string;
}

let running: RunningSource = { mapper: place => place, path: '' };

/** Runs `action` while every recorded place goes through the source's mapper. */
export function withSource<T>(source: RunningSource, action: () => T): T {
  const before = running;
  running = source;
  try {
    return action();
  } finally {
    running = before;
  }
}

/** Where the caller outside this folder (or, when bundled, outside the bundle's folder) stands. */
export function callerPlace(): SourcePlace | undefined {
  const limit = Error.stackTraceLimit;
  // A person's call may lie below the tracing of a whole space.
  Error.stackTraceLimit = 50;
  const frames = stackPlaces(new Error());
  Error.stackTraceLimit = limit;
  return innermost(frames);
}

/** Where an error was thrown: its innermost frame outside this folder. */
export function thrownPlace(error: unknown): SourcePlace | undefined {
  return error instanceof Error ? innermost(stackPlaces(error)) : undefined;
}

const framePattern = /(?:\(|at (?:async )?)((?:file:\/\/|\/|[A-Za-z]:[\\/])[^()]*):(\d+):(\d+)\)?$/;

function stackPlaces(error: Error): SourcePlace[] {
  return (error.stack ?? '').split('\n').flatMap(line => {
    const found = framePattern.exec(line);
    if (!found) return [];
    const file = found[1].startsWith('file:') ? fileURLToPath(found[1]) : found[1];
    return [{ file, line: Number(found[2]), column: Number(found[3]) }];
  });
}

// Read off a stack because `import.meta` is empty in a CommonJS bundle.
const ownFolder = dirname(stackPlaces(new Error())[0]?.file ?? '');

function innermost(frames: SourcePlace[]): SourcePlace | undefined {
  const found = frames.find(frame => dirname(frame.file) !== ownFolder);
  return found && running.mapper(found);
}

/**
 * Where a field of an object literal is written, found by reading the call: `['head', 'width']` is the first `width:` after
 * the first `head:`, and a number picks the so-manyth of what follows. A search by text, since no parser is at hand; as
 * deep as it can be followed, and the call itself where the field is missing.
 */
export function fieldPlace(call: SourcePlace | undefined, path: readonly PropertyKey[]): SourcePlace | undefined {
  if (!call?.line) return call;
  const text = textOf(call.file);
  if (text === undefined) return call;
  let at = lineStart(text, call.line) + (call.column ?? 1) - 1;
  const end = callEnd(text, at);
  let found = call;
  for (let step = 0; step < path.length; step++) {
    const key = path[step];
    if (typeof key !== 'string' || !/^\w+$/.test(key)) continue;
    const before = path[step - 1];
    let left = typeof before === 'number' ? before : 0;
    for (const match of text.matchAll(new RegExp(`(?<![\\w.'"])['"]?${key}['"]?\\s*[:,}]`, 'g'))) {
      if (match.index >= end) break;
      if (match.index < at || left-- > 0) continue;
      at = match.index;
      found = placeAt(call.file, text, at);
      break;
    }
  }
  return found;
}

/** The end of the arguments of the call that begins at `start`; of the text where that is no call. */
function callEnd(text: string, start: number): number {
  const code = codeOf(text);
  const head = /^[\w$.]+\s*\(/.exec(code.slice(start));
  return (head && closingBracket(code, start + head[0].length)) ?? text.length;
}

function textOf(file: string): string | undefined {
  if (file === running.path && running.text !== undefined) return running.text;
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function lineStart(text: string, line: number): number {
  let start = 0;
  for (let at = 1; at < line; at++) start = text.indexOf('\n', start) + 1;
  return start;
}

function placeAt(file: string, text: string, index: number): SourcePlace {
  const before = text.slice(0, index).split('\n');
  return { file, line: before.length, column: before[before.length - 1].length + 1 };
}
