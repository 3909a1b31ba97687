import { join, resolve } from 'node:path';
import { writeFileAtomic } from '../base/files.ts';

/**
 * Writes what a program failure has to say to a new file in `.nas/logs` below the working folder.
 * @returns where it is, as a clause for the sentence that reports the failure
 */
export function writeFailureLog(command: string, detail: string): string {
  const time = new Date()
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replaceAll(':', '-');
  const file = resolve(join('.nas', 'logs', `${time}-${command}.log`));
  try {
    writeFileAtomic(
      file,
      `proxyless ${command}, Node ${process.version}, ${process.platform} ${process.arch}\n${detail}\n`,
    );
    return `details are in ${file}`;
  } catch (error) {
    return `a log could not be written to ${file} (${(error as NodeJS.ErrnoException).code})`;
  }
}
