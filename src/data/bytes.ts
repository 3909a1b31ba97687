import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { isSystemError, UserError } from '../base/errors.ts';

/** Bytes with a known length, read in pieces. */
export interface ByteSource {
  /** File the bytes come from, for messages. */
  readonly path: string;
  readonly size: number;
  /** A fresh copy or a view of `length` bytes from `offset`; the caller stays within `size`. */
  read(offset: number, length: number): Uint8Array;
}

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'reading it is not permitted',
  EPERM: 'reading it is not permitted',
  EISDIR: 'it is a folder, not a file',
  ENOTDIR: 'it is a file, not a folder, or lies under one',
};

/** Runs an access to `path` and turns the operating system's refusal into a sentence. */
export function accessing<T>(path: string, access: () => T): T {
  try {
    return access();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new UserError(`cannot read ${path}: ${REASONS[error.code ?? ''] ?? error.message}`);
  }
}

/** Opens a file for reading in pieces. It is reopened for every piece, so nothing has to be closed. */
export function openBytes(path: string): ByteSource {
  const status = accessing(path, () => statSync(path));
  if (!status.isFile()) throw new UserError(`cannot read ${path}: it is not a file`);
  return { path, size: status.size, read: (offset, length) => readRange(path, offset, length) };
}

/** As `openBytes`, unpacked into memory when the content (not the name) says gzip. */
export function openMaybeGzip(path: string): ByteSource {
  const plain = openBytes(path);
  const magic = plain.read(0, Math.min(2, plain.size));
  return magic[0] === 0x1f && magic[1] === 0x8b ? gunzip(path) : plain;
}

function gunzip(path: string): ByteSource {
  const packed = accessing(path, () => readFileSync(path));
  try {
    const bytes = gunzipSync(packed);
    return { path, size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`${path} is a damaged or truncated gzip file (${reason}): fetch it again`);
  }
}

function readRange(path: string, offset: number, length: number): Uint8Array {
  return accessing(path, () => {
    const bytes = new Uint8Array(length);
    const file = openSync(path, 'r');
    try {
      for (let at = 0; at < length; ) {
        const read = readSync(file, bytes, at, length - at, offset + at);
        if (read === 0) throw new UserError(`${path} became shorter while it was read`);
        at += read;
      }
    } finally {
      closeSync(file);
    }
    return bytes;
  });
}

/** Large enough to make a read cheap, small enough to show progress and to be stopped. */
const CHUNK_BYTES = 4 << 20;

/** Consecutive records from `start` to the end of the source, as many whole ones at a time as fit a few megabytes. */
export function* readRecords(source: ByteSource, start: number, recordBytes: number): Generator<Uint8Array> {
  const step = Math.max(1, Math.floor(CHUNK_BYTES / recordBytes)) * recordBytes;
  for (let at = start; at < source.size; at += step) yield source.read(at, Math.min(step, source.size - at));
}
