import { join } from 'node:path';

/**
 * A plugin of VS Code's TypeScript server: in every project the module `proxyless-studio` resolves to the declaration
 * files of this extension, so that search-space files have types, completion and hovers with nothing installed beside them.
 * A module that the person has installed goes first.
 */

const MODULE = 'proxyless-studio';

/** From the folder this file is built into, `node_modules/proxyless-studio-typescript-plugin`. */
const declarations = join(__dirname, '../../dist/types/space/index.d.ts');

/** The few parts of the server's interface that are used; its types are in no package of TypeScript 7. */
interface ResolvedModule {
  resolvedFileName: string;
  extension: string;
  isExternalLibraryImport: boolean;
}
interface Resolution {
  resolvedModule: ResolvedModule | undefined;
}
interface ProjectHost {
  resolveModuleNameLiterals?(literals: readonly { text: string }[], ...rest: unknown[]): readonly Resolution[];
}
interface PluginInfo {
  languageService: object;
  languageServiceHost: ProjectHost;
}

const found: Resolution = {
  resolvedModule: {
    // The server writes all paths with slashes.
    resolvedFileName: declarations.replaceAll('\\', '/'),
    extension: '.d.ts',
    isExternalLibraryImport: true,
  },
};

/** What the server calls, once; `create` is called per project. */
export default function plugin() {
  return {
    create({ languageService, languageServiceHost: host }: PluginInfo): object {
      const resolve = host.resolveModuleNameLiterals?.bind(host);
      if (resolve) {
        host.resolveModuleNameLiterals = (literals, ...rest) =>
          resolve(literals, ...rest).map((resolution, index) =>
            literals[index].text === MODULE && !resolution.resolvedModule ? found : resolution,
          );
      }
      return languageService;
    },
  };
}
