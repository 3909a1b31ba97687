import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { cached } from './cache.ts';
import { ensureCompilers } from './debian.ts';
import { run } from './run.ts';
import { Unavailable } from './unavailable.ts';

/** 4.139.1 is the workbench and the extension host of VS Code 1.139.1. */
const VERSION = '4.139.1';
/** It asks for Node 24, to run on and to compile against. */
const NODE_VERSION = '24.21.0';
/** A registry that fails for a moment is not a reason to leave the tests out. */
const ATTEMPTS = 3;

export interface CodeServer {
  /** The program and script that start it. */
  node: string;
  script: string;
}

/** Installs code-server, VS Code in a browser, from the npm registry into the cache. */
export async function ensureCodeServer(): Promise<CodeServer> {
  if (process.platform === 'win32') throw new Unavailable('code-server does not run on Windows');
  const platform = `${process.platform}-${process.arch}`;
  const nodePackage = `node-${platform}`;
  const homeInFolder = join('node/node_modules', nodePackage);
  const folder = await cached(`code-server-${VERSION}-on-node-${NODE_VERSION}-${platform}`, async partial => {
    await ensureCompilers();
    console.log(
      `Installing code-server ${VERSION} (VS Code in a browser), once: 2 minutes, 800 MB, in ${dirname(partial)}`,
    );
    // Without its scripts, which look for a Node to replace: only the files are wanted.
    await install(join(partial, 'node'), ['--ignore-scripts', `${nodePackage}@${NODE_VERSION}`], process.env);
    const home = join(partial, homeInFolder);
    // The scripts would take the agent of an npm around this one for their own, and with it another Node's version.
    const { npm_config_user_agent: _, ...environment } = process.env;
    await install(join(partial, 'code-server'), [`code-server@${VERSION}`], {
      ...environment,
      PATH: join(home, 'bin') + delimiter + process.env.PATH,
      // Its own Node's headers; fetching them would take a host that need not be reachable.
      npm_config_nodedir: home,
      // As root, npm would run the build as the owner of the folder, who may not be able to write to it.
      npm_config_unsafe_perm: 'true',
    });
  });
  return {
    node: join(folder, homeInFolder, 'bin/node'),
    script: join(folder, 'code-server/node_modules/code-server/out/node/entry.js'),
  };
}

/** Installs a package into a folder of its own. */
async function install(folder: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    // Each from nothing: programs of an install that failed need not be executable.
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    const { ok, output } = await run('npm', ['install', '--no-fund', '--no-audit', '--loglevel=error', ...args], {
      cwd: folder,
      env,
    });
    if (ok) return;
    if (attempt === ATTEMPTS) console.error(output);
  }
  throw new Unavailable(`"npm install ${args.join(' ')}" failed ${ATTEMPTS} times with the message above`);
}
