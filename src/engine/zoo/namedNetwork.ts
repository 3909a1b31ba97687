import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { z } from 'zod';
import { isSystemError, UserError } from '../../base/errors.ts';
import { deriveNetwork } from '../../space/analysis.ts';
import type { LayerGraph } from '../../space/layerGraph.ts';
import { nearest } from '../../space/nearest.ts';
import { proxylessNetwork } from '../../zoo/proxyless.ts';
import { isProxylessConfig, readProxylessConfig } from '../../zoo/proxylessConfig.ts';
import { zoo, zooNetwork } from '../../zoo/zoo.ts';
import type { ZooNetwork } from '../../zoo/zooNetwork.ts';
import { readDerived } from '../run/record.ts';
import { RunStore } from '../run/runStore.ts';
import { loadSettings } from '../workspace.ts';

/**
 * The network that a person means: by its name in the zoo, by a run's `derived/architecture.json`, or by an architecture file
 * of the ProxylessNAS authors.
 * @throws UserError when it is none of these
 */
export async function namedNetwork(text: string): Promise<{ name: string; graph: LayerGraph }> {
  const published = zooNetwork(text);
  if (published) return { name: published.name, graph: published.build() };
  if (!existsSync(text)) throw new UserError(`there is no network and no file "${text}"; ${hint(text)}`);
  const content = readJson(text);
  if (isProxylessConfig(content))
    return { name: basename(text), graph: proxylessNetwork(readProxylessConfig(content, text)) };
  return derivedNetwork(text);
}

/** Those of the zoo whose names hold the text. @throws UserError where there are none */
export function zooNetworks(text: string): readonly ZooNetwork[] {
  const found = zoo.filter(({ name }) => name.includes(text.toLowerCase()));
  if (found.length === 0) throw new UserError(`there is no network with "${text}" in its name; ${hint(text)}`);
  return found;
}

function hint(text: string): string {
  const meant = nearest(
    text,
    zoo.map(({ name }) => name),
  );
  return meant ? `did you mean ${meant}?` : 'proxyless zoo lists the names';
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const reason = isSystemError(error) ? `cannot be read (${error.code})` : 'is not JSON';
    throw new UserError(`the architecture ${reason}: give architecture.json of a run, or a published *.config`, {
      file,
    });
  }
}

/** What was derived in the run around the file: choices alone mean nothing without their space. */
async function derivedNetwork(file: string): Promise<{ name: string; graph: LayerGraph }> {
  const folder = dirname(dirname(resolve(file)));
  if (basename(dirname(resolve(file))) !== 'derived' || !existsSync(resolve(folder, 'run.json')))
    throw new UserError(
      "not an architecture that is known here: give derived/architecture.json inside a run's folder, or a published *.config",
      { file },
    );
  const store = RunStore.open(folder);
  const record = store.readJson('run.json', 'it is written when a search starts', value =>
    z.object({ name: z.string(), file: z.string() }).parse(value),
  );
  const settings = await loadSettings(store.path('space.nas.ts'), {}, dirname(record.file));
  const { choices } = readDerived(store, settings);
  return { name: record.name, graph: deriveNetwork(settings.space, choices) };
}
