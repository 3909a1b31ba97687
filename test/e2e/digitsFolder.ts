import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { digitsSpace, type SpaceChanges, writeDigits } from '../integration/digits.ts';

/** A folder of a person: images of handwritten digits, and a search space over them. It goes with the test. */
export interface DigitsFolder {
  path: string;
  /** The search-space file. */
  space: string;
  /** Folders of its runs, the oldest first. */
  runs(): string[];
}

/** The name of the search-space file. */
export const SPACE_FILE = 'digits.nas.ts';

/** @param text the search space, where it is to be another than the usual one with these changes */
export function digitsFolder(
  changes: SpaceChanges = {},
  text = digitsSpace({ targetMs: 0.1, ...changes }),
): DigitsFolder {
  const path = mkdtempSync(join(tmpdir(), 'proxyless-folder-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true, maxRetries: 10 }));
  writeDigits(path);
  const space = join(path, SPACE_FILE);
  writeFileSync(space, text);
  const runs = join(path, '.nas/runs');
  return {
    path,
    space,
    runs: () =>
      readdirSync(runs)
        .sort()
        .map(name => join(runs, name)),
  };
}
