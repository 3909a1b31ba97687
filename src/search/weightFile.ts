import { closeSync, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { writing } from '../base/files.ts';

/**
 * Numbers that memory need not hold, in a file that belongs to this process alone: it loses its name as soon as it is
 * open, so whatever ends the process, the system gives its space back.
 */
export class WeightFile {
  private readonly file: number;
  private length = 0;

  /** @param folder on a disk; the system's folder for temporary files may be in memory. @throws UserError */
  constructor(private readonly folder: string) {
    this.file = writing(folder, () => {
      mkdirSync(folder, { recursive: true });
      const path = join(folder, `weights.${process.pid}.tmp`);
      const file = openSync(path, 'w+');
      rmSync(path);
      return file;
    });
  }

  /** Bytes that it holds, and so where the next numbers begin. */
  get end(): number {
    return this.length;
  }

  /** Stores numbers behind those there are. @throws UserError when the disk is full */
  add(values: Float32Array): void {
    this.write(this.length, values);
    this.length += values.byteLength;
  }

  /** Stores numbers in the place of others. @throws UserError when the system cannot write */
  write(at: number, values: Float32Array): void {
    const { buffer, byteOffset, byteLength } = values;
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    writing(this.folder, () => {
      // One write may take a part only.
      for (let done = 0; done < byteLength; ) done += writeSync(this.file, bytes, done, byteLength - done, at + done);
    });
  }

  /** @param into as many numbers as are wanted from there on */
  read(at: number, into: Float32Array): void {
    const { buffer, byteOffset, byteLength } = into;
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    for (let done = 0; done < byteLength; ) {
      const count = readSync(this.file, bytes, done, byteLength - done, at + done);
      if (count === 0) throw new Error('weight file: read beyond its end');
      done += count;
    }
  }

  /** Gives its space back; nothing can be read afterwards. */
  close(): void {
    closeSync(this.file);
  }
}
