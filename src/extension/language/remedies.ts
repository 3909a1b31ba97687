import type { Remedy } from '../../protocol/spaceView.ts';
import { fieldAt, findWord, lineEnd, type Span } from './sourceText.ts';

/** A part of the text and what is to stand there instead. */
export interface TextEdit extends Span {
  newText: string;
}

/** The edits that carry out a remedy for an issue that is marked at `start`; none where the text is not as expected. */
export function remedyEdits(text: string, start: number, remedy: Remedy): TextEdit[] {
  if (remedy.action === 'renameAll') {
    return findWord(text, remedy.from).map(word => ({ ...word, newText: remedy.to }));
  }
  const field = fieldAt(text, start);
  if (!field) return [];
  switch (remedy.action) {
    case 'rename':
      return [{ ...field.name, newText: remedy.to }];
    case 'set':
      return field.value ? [{ ...field.value, newText: remedy.to }] : [];
    case 'remove':
      return [{ ...withSeparators(text, field), newText: '' }];
  }
}

/** A field with its comma; with its line where it stands there alone. */
function withSeparators(text: string, field: Span): Span {
  const after = text.slice(field.end);
  const comma = /^\s*,/.exec(after);
  const lineStart = text.lastIndexOf('\n', field.start - 1) + 1;
  const afterComma = field.end + (comma?.[0].length ?? 0);
  const last = lineEnd(text, afterComma);
  const alone = text.slice(lineStart, field.start).trim() === '' && text.slice(afterComma, last).trim() === '';
  if (alone) {
    const next = text.indexOf('\n', last);
    return { start: lineStart, end: next < 0 ? last : next + 1 };
  }
  if (comma) return { start: field.start, end: afterComma + (/^[ \t]*/.exec(text.slice(afterComma))?.[0].length ?? 0) };
  // The last field of its line: the comma before it goes, if there is one.
  const before = /,?[ \t]*$/.exec(text.slice(0, field.start));
  const inside = before?.[0].startsWith(',') ? before.index : field.start;
  return { start: inside, end: field.end };
}
