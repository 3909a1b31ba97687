import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readTable, type TableView } from '../runs/runFiles.ts';

/** A latency table in a workspace's cache. */
export interface Profile {
  file: string;
  table: TableView;
}

const MOST_PROFILES = 200;

/** The latency tables below a workspace folder, the newest first. */
export async function profilesIn(workspace: string): Promise<Profile[]> {
  const cache = join(workspace, '.nas', 'cache', 'latency');
  const devices = await subfolders(cache);
  const files = (await Promise.all(devices.map(device => tablesIn(join(cache, device)))))
    .flat()
    .slice(0, MOST_PROFILES);
  const tables = await Promise.all(files.map(async file => ({ file, table: await readTable(file) })));
  return tables
    .filter((profile): profile is Profile => profile.table !== undefined)
    .sort((a, b) => b.table.date.localeCompare(a.table.date));
}

/** A model file that a run has exported. */
export interface ExportedModel {
  file: string;
  bytes: number;
}

/** The model files that a run's network was exported to. */
export async function modelsOf(run: string): Promise<ExportedModel[]> {
  const models = await Promise.all(
    ['model.onnx', 'model.int8.onnx'].map(async name => {
      const file = join(run, 'derived', name);
      const found = await stat(file).catch(() => undefined);
      return found?.isFile() ? [{ file, bytes: found.size }] : [];
    }),
  );
  return models.flat();
}

async function subfolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter(entry => entry.isDirectory()).map(({ name }) => name);
}

async function tablesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter(name => name.endsWith('.json')).map(name => join(folder, name));
}
