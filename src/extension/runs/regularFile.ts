import { type FileHandle, open, stat } from 'node:fs/promises';

/** Opens a file to read. Undefined where there is none, or something else: a pipe would never let go of its reader. */
export async function openRegular(path: string): Promise<FileHandle | undefined> {
  try {
    return (await stat(path)).isFile() ? await open(path) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether there is such a file. */
export async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    found => found.isFile(),
    () => false,
  );
}

/** The last bytes of a file as text; empty where it cannot be read. */
export async function readTail(path: string, bytes: number): Promise<string> {
  const file = await openRegular(path);
  if (!file) return '';
  try {
    const { size } = await file.stat();
    const length = Math.min(size, bytes);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString();
  } catch {
    return '';
  } finally {
    await file.close();
  }
}
