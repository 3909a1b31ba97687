import { fastestChoice } from '../../latency/choose.ts';
import { type ImportedTable, readImportedTable } from '../../latency/imported/importedTable.ts';
import { importedPredictor, priceOf } from '../../latency/imported/price.ts';
import type { Prediction } from '../../protocol/zoo.ts';
import { loadSearchSpace } from '../../space/load.ts';
import { namedNetwork } from '../zoo/namedNetwork.ts';
import type { Command } from './command.ts';

export const predictCommand: Command<'predict'> = async ({ table, network }) => {
  const imported = readImportedTable(table);
  const found = network.endsWith('.nas.ts') ? await predictSpace(network, imported) : await predict(network, imported);
  return { command: 'predict', table: imported.name, ...found };
};

type Found = Omit<Prediction, 'table'>;

async function predict(network: string, table: ImportedTable): Promise<Found> {
  const { name, graph } = await namedNetwork(network);
  return { network: name, space: null, ...priceOf(graph, table) };
}

/** What the space has to offer on that device. */
async function predictSpace(file: string, table: ImportedTable): Promise<Found> {
  const space = await loadSearchSpace(file);
  const found = importedPredictor(space, table);
  const nothing = { network: space.name, ms: null, parts: [] };
  if ('missing' in found) return { ...nothing, space: null, missing: found.missing };
  const { predictor } = found;
  const { costsMs } = predictor;
  const slowestMs = predictor.predict(costsMs.map(block => block.indexOf(Math.max(...block))));
  const expectedMs = predictor.expectation(costsMs.map(block => block.map(() => 1 / block.length)));
  return {
    ...nothing,
    space: { fastestMs: fastestChoice(predictor).latencyMs, slowestMs, expectedMs },
    missing: [],
  };
}
