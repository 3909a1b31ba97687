import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How texts are asked for: the extension host's way, and the page's. */
const calls = {
  'src/extension': /(?<![\w$])l10n\.t\(\s*/g,
  'webview-ui': /(?<![\w$.]|function )(?:t|rich)\(\s*/g,
};

/** A literal in single or double quotes. */
const LITERAL = /^(?:'((?:[^'\\\n]|\\')*)'|"((?:[^"\\\n]|\\")*)")/;

/** Where a text is asked for that is not written out, so that nobody could translate it. */
export interface Unreadable {
  file: string;
  code: string;
}

/** All texts that the sources below a folder ask for, sorted. */
export function textsIn(root: string): { texts: string[]; unreadable: Unreadable[] } {
  const texts = new Set<string>();
  const unreadable: Unreadable[] = [];
  for (const [folder, call] of Object.entries(calls)) {
    for (const file of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
      if (!/\.tsx?$/.test(file)) continue;
      const source = readFileSync(join(root, folder, file), 'utf8');
      for (const { index, 0: found } of source.matchAll(call)) {
        const code = source.slice(index + found.length);
        const [, single, double] = LITERAL.exec(code) ?? [];
        if (single === undefined && double === undefined) unreadable.push({ file, code: code.slice(0, 60) });
        else texts.add((single ?? double).replace(/\\(['"])/g, '$1'));
      }
    }
  }
  return { texts: [...texts].sort(), unreadable };
}
