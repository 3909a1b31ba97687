import { closingBracket, codeOf } from '../../base/code.ts';

/**
 * Reading a search-space file as text: where a call or a field that is written at some offset ends. The compiler's parser
 * is not at hand in the extension host, and what is looked for is always the beginning of something the engine has read.
 */

/** A part of a text, `end` not included. */
export interface Span {
  start: number;
  end: number;
}

/** The offset of a line and column that count from 1. */
export function offsetAt(text: string, line: number, column: number): number {
  let start = 0;
  for (let at = 1; at < line; at++) {
    const end = text.indexOf('\n', start);
    if (end < 0) return text.length;
    start = end + 1;
  }
  return Math.min(start + column - 1, lineEnd(text, start));
}

/** The end of the line that holds `offset`, its line break not included. */
export function lineEnd(text: string, offset: number): number {
  const end = /\r?\n/g;
  end.lastIndex = offset;
  return end.exec(text)?.index ?? text.length;
}

/** Where `name(` is called first, in code. */
export function findCall(text: string, name: string): Span | undefined {
  const found = new RegExp(`(?<![\\w$.])${name}(?=\\s*\\()`).exec(codeOf(text));
  return found ? { start: found.index, end: found.index + name.length } : undefined;
}

/** Every place where the word stands in code. */
export function findWord(text: string, word: string): Span[] {
  const pattern = new RegExp(`(?<![\\w$])${word.replaceAll('$', '\\$')}(?![\\w$])`, 'g');
  return [...codeOf(text).matchAll(pattern)].map(({ index }) => ({ start: index, end: index + word.length }));
}

/** A field of an object literal. */
export interface Field extends Span {
  name: Span;
  /** Missing in a shorthand, `{ candidates }`. */
  value?: Span;
}

/** The field whose name, in quotes or not, begins at `start`. */
export function fieldAt(text: string, start: number): Field | undefined {
  const written = /^(["']?)([\w$]+)\1/.exec(text.slice(start));
  if (!written) return undefined;
  const [whole, quote, word] = written;
  const name = { start: start + quote.length, end: start + quote.length + word.length };
  const after = codeOf(text).slice(start + whole.length);
  if (/^\s*[,}]/.test(after)) return { start, end: start + whole.length, name };
  const colon = /^\s*:\s*/.exec(after);
  if (!colon) return undefined;
  const from = start + whole.length + colon[0].length;
  const value = { start: from, end: expressionEnd(text, from) };
  return { start, end: value.end, name, value };
}

/** The call that begins at `start` with its name, up to its closing bracket. */
export function callAt(text: string, start: number): Span | undefined {
  const code = codeOf(text);
  const head = /^[\w$.]+\s*\(/.exec(code.slice(start));
  if (!head) return undefined;
  const end = closingBracket(code, start + head[0].length);
  return end === undefined ? undefined : { start, end: end + 1 };
}

/** What a mark at `start` covers: a field, a call, a word, or the rest of the line; never more than one line. */
export function markAt(text: string, start: number): Span {
  const word = /^[\w$]+/.exec(text.slice(start));
  const whole = fieldAt(text, start) ?? callAt(text, start) ?? { start, end: start + (word?.[0].length ?? 0) };
  const last = lineEnd(text, start);
  if (whole.end <= last && whole.end > start) return { start, end: whole.end };
  return { start, end: word ? start + word[0].length : last };
}

function expressionEnd(text: string, start: number): number {
  const code = codeOf(text);
  let depth = 0;
  for (let at = start; at < code.length; at++) {
    const letter = code[at];
    if (depth === 0 && /[,;)\]}]/.test(letter)) return start + code.slice(start, at).trimEnd().length;
    if (/[([{]/.test(letter)) depth++;
    else if (/[)\]}]/.test(letter)) depth--;
  }
  return start + code.slice(start).trimEnd().length;
}
