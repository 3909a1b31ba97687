import { createHash, type Hash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { z } from 'zod';
import { UserError } from '../base/errors.ts';
import { writePiecesAtomic } from '../base/files.ts';
import {
  bytesOf,
  encodeHeader,
  headerSchema,
  type NamedTensor,
  type TensorEntry,
  type TensorHeader,
  tensorEntries,
} from './safetensors.ts';

/** Bytes read at a time while a file is checked. */
const PIECE = 2 ** 20;

/**
 * Writes a safetensors file tensor by tensor, atomically, without a copy of them in memory. Its metadata hold a remark and
 * the SHA-256 of the header without it and of all bytes after the header.
 *
 * @param tensors gives the same ones every time it is called; each is used before the next one is asked for
 */
export function writeTensorFile(path: string, tensors: () => Iterable<NamedTensor>, remark: string): void {
  const entries = tensorEntries(tensors());
  const hash = hashOf(entries, remark);
  for (const { values } of tensors()) hash.update(bytesOf(values));
  const header = encodeHeader({ __metadata__: { remark, sha256: hash.digest('hex') }, ...entries });
  writePiecesAtomic(
    path,
    (function* () {
      yield header;
      for (const { values } of tensors()) yield bytesOf(values);
    })(),
  );
}

function hashOf(entries: TensorHeader, remark: string): Hash {
  return createHash('sha256').update(JSON.stringify([entries, remark]));
}

const metadataSchema = z.object({ remark: z.string(), sha256: z.string() });

/** A file of `writeTensorFile`, open: tensors are read one by one, straight to where they are wanted. */
export class TensorFile {
  private constructor(
    private readonly file: number,
    /** Where the tensors' bytes begin. */
    private readonly begin: number,
    private readonly entries: ReadonlyMap<string, TensorEntry>,
    readonly remark: string,
  ) {}

  /** Opens and checks a file, uses it, and closes it. @throws UserError when it is missing or damaged */
  static use<T>(path: string, use: (file: TensorFile) => T): T {
    let file: number;
    try {
      file = openSync(path, 'r');
    } catch {
      throw new UserError('the file is missing', { file: path });
    }
    try {
      return use(TensorFile.check(file, path));
    } finally {
      closeSync(file);
    }
  }

  private static check(file: number, path: string): TensorFile {
    const damaged = (what: string) => new UserError(`the file is damaged (${what})`, { file: path });
    const { size } = fstatSync(file);
    const length = size < 8 ? Number.POSITIVE_INFINITY : Number(readAt(file, 0, 8).readBigUInt64LE());
    if (length > size - 8) throw damaged('it is cut off');
    const text = readAt(file, 8, length).toString('utf8');
    const header = parsed(text);
    if (!header) throw damaged('its header cannot be read');
    const { metadata, entries } = header;
    const hash = hashOf(entries, metadata.remark);
    const piece = Buffer.alloc(PIECE);
    for (let at = 8 + length; at < size; at += PIECE)
      hash.update(piece.subarray(0, readSync(file, piece, 0, Math.min(PIECE, size - at), at)));
    if (hash.digest('hex') !== metadata.sha256) throw damaged('its checksum is not that of its content');
    return new TensorFile(file, 8 + length, new Map(Object.entries(entries)), metadata.remark);
  }

  /** Numbers in a tensor; undefined when there is none of that name. */
  size(name: string): number | undefined {
    return this.entries.get(name)?.shape.reduce((product, dim) => product * dim, 1);
  }

  /** @param into as many numbers as the tensor has */
  read(name: string, into: Float32Array): void {
    const entry = this.entries.get(name);
    if (!entry) throw new Error(`no tensor ${name}`);
    const bytes = bytesOf(into);
    readSync(this.file, bytes, 0, bytes.length, this.begin + entry.data_offsets[0]);
  }
}

function parsed(text: string) {
  try {
    const { __metadata__, ...entries } = headerSchema.parse(JSON.parse(text));
    return { metadata: metadataSchema.parse(__metadata__), entries };
  } catch {
    return undefined;
  }
}

function readAt(file: number, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(file, bytes, 0, length, at));
}
