import { closeSync, openSync, readSync, statSync, truncateSync } from 'node:fs';
import { appendLine } from '../../base/files.ts';

const NEWLINE = 10;
/** Bytes of a log's end: keyframes are nearer to one another, also of large spaces. */
const LOOKED_BACK = 2 ** 23;

/** The log of a run, a line per event; it knows how long it is. */
export class EventLog {
  /** Counted when it is first asked for: most who open a run only read other files. */
  private counted: { lines: number; bytes: number } | undefined;

  constructor(private readonly path: string) {}

  get lines(): number {
    return this.size.lines;
  }

  get bytes(): number {
    return this.size.bytes;
  }

  append(line: string): void {
    const { size } = this;
    appendLine(this.path, line);
    size.lines++;
    size.bytes += Buffer.byteLength(line) + 1;
  }

  /** The last line with a text in it; not looked for further back than some megabytes. */
  lastWith(text: string): string | undefined {
    const length = Math.min(this.bytes, LOOKED_BACK);
    if (length === 0) return undefined;
    const file = openSync(this.path, 'r');
    try {
      const end = Buffer.alloc(length);
      readSync(file, end, 0, length, this.bytes - length);
      return end
        .toString()
        .split('\n')
        .findLast(line => line.includes(text));
    } finally {
      closeSync(file);
    }
  }

  /**
   * Takes off what was logged after a time: the run goes on from there, and does those steps again, to the bit.
   *
   * @param bytes as it was then; a log that has become another one since stays as it is
   */
  cut({ lines, bytes }: { lines: number; bytes: number }): void {
    if (bytes > this.bytes || lines > this.lines || count(this.path, bytes).bytes !== bytes) return;
    truncateSync(this.path, bytes);
    this.counted = { lines, bytes };
  }

  private get size(): { lines: number; bytes: number } {
    if (this.counted) return this.counted;
    const counted = count(this.path);
    // A line that power failure tore is no line.
    if ((statSync(this.path, { throwIfNoEntry: false })?.size ?? 0) > counted.bytes)
      truncateSync(this.path, counted.bytes);
    this.counted = counted;
    return counted;
  }
}

/** Whole lines of a file, and the bytes they take. @param limit bytes that are looked at */
function count(path: string, limit = Number.POSITIVE_INFINITY): { lines: number; bytes: number } {
  let [lines, bytes] = [0, 0];
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return { lines, bytes };
  }
  try {
    const piece = Buffer.alloc(2 ** 16);
    for (let at = 0; at < limit; ) {
      const got = readSync(file, piece, 0, Math.min(piece.length, limit - at), at);
      if (got === 0) break;
      for (let i = piece.indexOf(NEWLINE); i >= 0 && i < got; i = piece.indexOf(NEWLINE, i + 1)) {
        lines++;
        bytes = at + i + 1;
      }
      at += got;
    }
  } finally {
    closeSync(file);
  }
  return { lines, bytes };
}
