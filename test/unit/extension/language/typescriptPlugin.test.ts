import { describe, expect, it } from 'vitest';
import plugin from '../../../../src/extension/language/typescriptPlugin.ts';

const installed = {
  resolvedModule: { resolvedFileName: '/x.d.ts', extension: '.d.ts', isExternalLibraryImport: true },
};
const missing = { resolvedModule: undefined };

/** What a project resolves after the plugin has been there. */
function resolved(name: string, before: typeof installed | typeof missing) {
  const languageServiceHost = { resolveModuleNameLiterals: () => [before] };
  const languageService = {};
  expect(plugin().create({ languageService, languageServiceHost })).toBe(languageService);
  const resolve: (literals: { text: string }[]) => readonly (typeof before)[] =
    languageServiceHost.resolveModuleNameLiterals;
  return resolve([{ text: name }])[0].resolvedModule?.resolvedFileName;
}

describe('the plugin of the TypeScript server', () => {
  it("leads the module to the extension's declarations", () => {
    expect(resolved('proxyless-studio', missing)).toMatch(/\/dist\/types\/space\/index\.d\.ts$/);
  });

  it('leaves a module that is installed, and every other one', () => {
    expect(resolved('proxyless-studio', installed)).toBe('/x.d.ts');
    expect(resolved('elsewhere', missing)).toBeUndefined();
  });

  it('leaves a server without this way to resolve as it is', () => {
    const languageService = {};
    expect(plugin().create({ languageService, languageServiceHost: {} })).toBe(languageService);
  });
});
