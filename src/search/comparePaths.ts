import { evaluationBatches } from '../data/batches.ts';
import { release } from '../runtime/memory.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Part } from '../training/part.ts';
import { sumCrossEntropy } from '../training/targets.ts';
import type { TrainingData } from '../training/train.ts';
import type { Supernet } from './supernet.ts';

/** A part that a path goes through. */
interface Stop {
  block: number;
  candidate: number;
}

export interface ComparisonOptions {
  batch: number;
  /** Awaited after each path of each batch. @param fraction of the work that is done */
  breathe(fraction: number): Promise<void>;
}

/**
 * Mean cross-entropies of paths of the supernet over some images, by the statistics of each batch. Paths that begin alike are
 * run together as far as they do: proposals of one search differ in a few blocks.
 *
 * @param paths candidate per choice block
 */
export async function comparePaths(
  runtime: Runtime,
  supernet: Supernet,
  paths: readonly (readonly number[])[],
  { set, indices, normalisation, classes }: TrainingData,
  { batch, breathe }: ComparisonOptions,
): Promise<number[]> {
  const routes = paths.map(path => routeOf(supernet, path));
  const order = routes.map((_, i) => i).sort((a, b) => compareRoutes(routes[a], routes[b]));
  const sums = paths.map(() => 0);
  let done = 0;
  for (const { images, labels } of evaluationBatches(set, indices, { normalisation, batch })) {
    const size = labels.length;
    /** What goes into each part of the route before, and what comes out of its last one. */
    const maps = [runtime.pack(images, [size, ...set.shape])];
    let before: readonly Stop[] = [];
    for (const i of order) {
      const route = routes[i];
      const common = commonStart(before, route);
      for (const map of maps.splice(common + 1)) release(map);
      for (const { block, candidate } of route.slice(common)) {
        const part = supernet.ready(block, candidate) as Part;
        maps.push(await part.evaluate(maps[maps.length - 1], size, 'batch'));
      }
      const rows = runtime.unpack(maps[maps.length - 1], [size, classes, 1, 1]);
      sums[i] += sumCrossEntropy(rows, labels, classes);
      before = route;
      done += size;
      await breathe(done / (indices.length * paths.length));
    }
    for (const map of maps.slice(1)) release(map);
  }
  return sums.map(sum => sum / indices.length);
}

/** Zero candidates leave their block out. */
function routeOf({ blocks }: Supernet, path: readonly number[]): Stop[] {
  let choice = 0;
  return blocks.flatMap(({ architecture, parts }, block) => {
    const candidate = architecture ? path[choice++] : 0;
    return parts[candidate] ? [{ block, candidate }] : [];
  });
}

const sameStop = (a: Stop, b: Stop) => a.block === b.block && a.candidate === b.candidate;

function commonStart(a: readonly Stop[], b: readonly Stop[]): number {
  const differs = a.findIndex((stop, at) => at >= b.length || !sameStop(stop, b[at]));
  return differs < 0 ? a.length : differs;
}

/** Brings routes that begin alike side by side. */
function compareRoutes(a: readonly Stop[], b: readonly Stop[]): number {
  const at = commonStart(a, b);
  if (at >= a.length || at >= b.length) return a.length - b.length;
  return a[at].block - b[at].block || a[at].candidate - b[at].candidate;
}
