import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../../src/extension');

/** What a file loads with itself: its imports of values, and those of the files it imports. */
function loadedWith(file: string): string[] {
  const source = readFileSync(join(root, file), 'utf8');
  const names = [...source.matchAll(/^import (?!type\b)[^;]*?from '([^']+)';/gm)].map(([, name]) => name);
  const others = names
    .filter(name => name.startsWith('.'))
    .map(name => relative(root, join(root, dirname(file), name)));
  return [...names.filter(name => !name.startsWith('.')), ...others.flatMap(other => [other, ...loadedWith(other)])];
}

describe('the file that VS Code waits for when it starts', () => {
  it('loads a few names and listeners, and no package', () => {
    expect([...new Set(loadedWith('extension.ts'))].sort()).toEqual([
      'contributions.ts',
      'language/spaceLanguage.ts',
      'views/lazyTree.ts',
      'vscode',
    ]);
  });

  it('loads the rest when it is asked for', () => {
    expect(readFileSync(join(root, 'extension.ts'), 'utf8')).toContain("import('./window.ts')");
    expect(loadedWith('window.ts').length).toBeGreaterThan(50);
  });
});
