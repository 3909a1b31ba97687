import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { isSystemError, UserError } from './errors.ts';

/**
 * Writes a file so that a reader sees the old content or the new one, never a part: a temporary neighbour is written,
 * flushed and renamed. A full disk leaves the old file untouched.
 */
export function writeFileAtomic(path: string, content: string | Uint8Array): void {
  writePiecesAtomic(path, [typeof content === 'string' ? Buffer.from(content) : content]);
}

/** The same for content that is there in pieces, written one after the other. */
export function writePiecesAtomic(path: string, pieces: Iterable<Uint8Array>): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  const file = openSync(temporary, 'w');
  try {
    for (const piece of pieces) writeWhole(file, piece);
    fsyncSync(file);
    closeSync(file);
    renameSync(temporary, path);
  } catch (error) {
    try {
      closeSync(file);
    } catch {
      // Closed already: the rename failed.
    }
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** JSON with two-space indentation and a final newline, written atomically. */
export function writeJsonAtomic(path: string, value: unknown): void {
  writeFileAtomic(path, JSON.stringify(value, undefined, 2) + '\n');
}

/** Appends a line whole or not at all: where the disk fills up in the middle, what was begun is taken off again. */
export function appendLine(path: string, line: string): void {
  const file = openSync(path, 'a');
  try {
    const { size } = fstatSync(file);
    try {
      writeWhole(file, Buffer.from(`${line}\n`));
    } catch (error) {
      ftruncateSync(file, size);
      throw error;
    }
  } finally {
    closeSync(file);
  }
}

/** One write may take a part only. */
function writeWhole(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

/** Turns a full disk or a missing permission into a sentence; what was written before stays. */
export function writing<T>(folder: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const reason = error.code === 'ENOSPC' ? 'the disk is full' : `the system says ${error.code}`;
    throw new UserError(`cannot write to ${folder}: ${reason}; what was written before is still there`);
  }
}
