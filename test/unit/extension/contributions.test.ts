import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  commandIds,
  contextKeys,
  SETTINGS,
  SPACE_LANGUAGE,
  SPACE_SUFFIX,
  settingNames,
  trustedCommands,
  VIEWER_PANEL,
  viewerCommands,
  viewIds,
  WALKTHROUGH,
} from '../../../src/extension/contributions.ts';
import { trustedActions, viewerActions } from '../../../src/protocol/viewerNames.ts';

const root = join(import.meta.dirname, '../../..');
const manifestText = readFileSync(join(root, 'package.json'), 'utf8');
const manifest = JSON.parse(manifestText);
const texts: Record<string, string> = JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8'));
const { contributes } = manifest;

interface MenuItem {
  command: string;
  when?: string;
}

const menuItems = Object.values(contributes.menus as Record<string, MenuItem[]>).flat();
const whenClauses = [
  ...menuItems.map(({ when }) => when),
  ...contributes.commands.map(({ enablement }: { enablement?: string }) => enablement),
  ...contributes.viewsWelcome.map(({ when }: { when?: string }) => when),
].filter(when => when !== undefined);

describe('the manifest and the table of ids', () => {
  it('name the same commands', () => {
    const declared = contributes.commands.map(({ command }: MenuItem) => command);
    expect(declared.sort()).toEqual(Object.values(commandIds).sort());
  });

  it('name the same views', () => {
    const declared = Object.values(contributes.views as Record<string, { id: string }[]>).flat();
    expect(declared.map(({ id }) => id)).toEqual(Object.values(viewIds));
  });

  it('name settings that are declared', () => {
    const declared = Object.keys(contributes.configuration.properties);
    expect(declared).toEqual(expect.arrayContaining(Object.values(settingNames).map(name => `${SETTINGS}.${name}`)));
  });

  it('name the walkthrough that an empty view leads to', () => {
    expect(contributes.walkthroughs.map(({ id }: { id: string }) => id)).toEqual([WALKTHROUGH]);
    expect(texts['welcome.runs']).toContain(`${manifest.publisher}.${manifest.name}%23${WALKTHROUGH}`);
  });

  it('name the language whose files wake the extension', () => {
    expect(contributes.languages).toMatchObject([{ id: SPACE_LANGUAGE, filenamePatterns: [`*${SPACE_SUFFIX}`] }]);
    expect(contributes.grammars.map(({ language }: { language: string }) => language)).toEqual([SPACE_LANGUAGE]);
  });

  it('have the viewer restored after a reload', () => {
    expect(manifest.activationEvents).toContain(`onWebviewPanel:${VIEWER_PANEL}`);
  });
});

describe('the manifest', () => {
  it('has a text for every key, and no text that nothing shows', () => {
    const used = [...manifestText.matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key);
    expect(new Set(used)).toEqual(new Set(Object.keys(texts)));
  });

  it('asks in when clauses only for keys that somebody sets', () => {
    const keys = whenClauses.flatMap(when => when.replace(/\/[^/]*\//g, '').match(/proxyless\.\w+/g) ?? []);
    expect(keys.length).toBeGreaterThan(20);
    const known = [...Object.values(contextKeys), ...Object.values(viewIds)] as string[];
    expect([...new Set(keys)].filter(key => !known.includes(key))).toEqual([]);
  });

  it('offers nothing in menus that is no command', () => {
    const ids = new Set<string>(Object.values(commandIds));
    expect(menuItems.map(({ command }) => command).filter(id => !ids.has(id))).toEqual([]);
  });

  it('links only to commands that there are', () => {
    const links = Object.values(texts).flatMap(text => [...text.matchAll(/\(command:(proxyless\.\w+)\)/g)]);
    expect(links.length).toBeGreaterThan(5);
    const ids = new Set<string>(Object.values(commandIds));
    expect(links.map(([, id]) => id).filter(id => !ids.has(id))).toEqual([]);
  });

  it('lets nothing run in a workspace that is not trusted', () => {
    expect(trustedCommands.size).toBeGreaterThan(6);
    const enablements = [...trustedCommands].map(name => {
      const found = contributes.commands.find(({ command }: MenuItem) => command === commandIds[name]);
      return found.enablement as string;
    });
    expect(enablements.filter(clause => !/^isWorkspaceTrusted\b/.test(clause))).toEqual([]);
    expect(manifest.capabilities.untrustedWorkspaces.supported).toBe('limited');
  });

  it('keeps the viewer from offering there what it would refuse', () => {
    const refused = viewerActions.filter(action => trustedCommands.has(viewerCommands[action]));
    expect(refused).toEqual([...trustedActions]);
  });

  it('points at pictures that exist', () => {
    const pictures = manifestText.matchAll(/"(media\/[\w/.]+)"/g);
    const there = new Set(
      readdirSync(join(root, 'media'), { recursive: true }).map(name => `media/${String(name).replaceAll('\\', '/')}`),
    );
    expect([...pictures].map(([, path]) => path).filter(path => !there.has(path))).toEqual([]);
  });
});
