import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { textsIn } from './texts.ts';

const root = join(import.meta.dirname, '../../../..');
const folder = join(root, 'l10n');
const english = 'bundle.l10n.json';

type Bundle = Record<string, string>;
const read = (path: string): Bundle => JSON.parse(readFileSync(path, 'utf8'));

const { texts, unreadable } = textsIn(root);
const languages = readdirSync(folder).flatMap(name => /^bundle\.l10n\.(.+)\.json$/.exec(name)?.[1] ?? []);

describe('the texts of the extension and of its viewer', () => {
  it('are all written out where they are asked for', () => {
    expect(texts.length).toBeGreaterThan(200);
    expect(unreadable).toEqual([]);
  });

  it('are those of the English bundle, which translators start from (vitest -u writes it)', async () => {
    const bundle = Object.fromEntries(texts.map(text => [text, text]));
    await expect(`${JSON.stringify(bundle, null, 2)}\n`).toMatchFileSnapshot(join(folder, english));
  });
});

describe.each(languages)('the translation to %s', language => {
  const bundle = read(join(folder, `bundle.l10n.${language}.json`));
  const manifest = read(join(root, 'package.nls.json'));
  const translatedManifest = read(join(root, `package.nls.${language}.json`));

  it('has every text, and none that nothing asks for', () => {
    expect(Object.keys(bundle).sort()).toEqual(texts);
    expect(Object.keys(translatedManifest)).toEqual(Object.keys(manifest));
  });

  it('has the same arguments in each text', () => {
    const placeholders = (text: string) => [...new Set(text.match(/\{\d+\}/g))].sort();
    const wrong = Object.entries(bundle).filter(([text, other]) => {
      return other.trim() === '' || placeholders(text).join() !== placeholders(other).join();
    });
    expect(wrong).toEqual([]);
  });

  it('leads to the same commands', () => {
    const links = (text: string) => text.match(/\(command:[^)]+\)/g) ?? [];
    for (const [key, text] of Object.entries(manifest)) expect(links(translatedManifest[key])).toEqual(links(text));
  });
});

describe('the manifest', () => {
  it('names the folder of the bundles, and is packed with them', () => {
    const { l10n, files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(existsSync(join(root, l10n, english))).toBe(true);
    const translations = languages.map(language => `package.nls.${language}.json`);
    expect(files).toEqual(expect.arrayContaining(['l10n', 'package.nls.json', ...translations]));
  });
});
