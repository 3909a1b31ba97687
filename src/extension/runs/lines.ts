import type { FileHandle } from 'node:fs/promises';

const CHUNK_BYTES = 1 << 18;
/** A longer line is of no event of ours; it is passed over without being held. */
export const LONGEST_LINE = 1 << 22;

const NEWLINE = 10;

/** A line of a file with the place of its first byte and of the one after its end. */
export interface Line {
  text: string;
  from: number;
  to: number;
}

/**
 * Whole lines between two places of a file, in batches as they are read; what follows the last newline is left for
 * later. Memory stays that of a chunk, or of the longest line.
 */
export async function* linesBetween(file: FileHandle, from: number, to: number): AsyncGenerator<Line[]> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let rest: Buffer[] = [];
  let restBytes = 0;
  let lineFrom = from;
  for (let at = from; at < to; ) {
    const { bytesRead } = await file.read(chunk, 0, Math.min(CHUNK_BYTES, to - at), at);
    if (bytesRead === 0) return;
    const lines: Line[] = [];
    let begin = 0;
    for (;;) {
      const end = chunk.subarray(0, bytesRead).indexOf(NEWLINE, begin);
      if (end < 0) break;
      const lineTo = at + end + 1;
      const piece = chunk.subarray(begin, end);
      if (restBytes + piece.length <= LONGEST_LINE) {
        const text = restBytes > 0 ? Buffer.concat([...rest, piece]).toString() : piece.toString();
        lines.push({ text, from: lineFrom, to: lineTo });
      }
      rest = [];
      restBytes = 0;
      lineFrom = lineTo;
      begin = end + 1;
    }
    const left = chunk.subarray(begin, bytesRead);
    restBytes += left.length;
    // The count goes on, so that the line's end is still known to be that of a line too long.
    if (restBytes <= LONGEST_LINE) rest.push(Buffer.from(left));
    else rest = [];
    at += bytesRead;
    if (lines.length > 0) yield lines;
  }
}
