import { totalmem } from 'node:os';
import { dirname, resolve } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { findDataset } from '../../data/find.ts';
import { costText } from '../../protocol/budgetNames.ts';
import { activationBytes } from '../../space/analysis.ts';
import { budgetsOf } from '../../space/budgets.ts';
import { costRange } from '../../space/cost.ts';
import type { Issue } from '../../space/issues.ts';
import type { SearchSpace } from '../../space/searchSpace.ts';

/** What stands against a search though the space itself is right: it depends on this machine. */

/** @param file where the space stands: the data set is found from there */
export function missingData({ dataset, input, places }: SearchSpace, file: string): Issue | undefined {
  try {
    findDataset(dataset, { baseFolder: dirname(resolve(file)), input });
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { message: `The data set is not there: ${error.message}.`, path: 'dataset', place: places?.dataset };
  }
}

/** @param error why the device cannot be had */
export function absentDevice({ places }: SearchSpace, error: unknown): Issue {
  if (!(error instanceof UserError)) throw error;
  const said = error.place ? error.describe() : error.message;
  const sentence = said[0].toUpperCase() + said.slice(1);
  return { message: `${sentence}.`, path: 'objective.latency.device', place: places?.device };
}

/** @param smallestMs what the fastest network takes; nothing is found where that is not known */
export function unreachableTarget({ objective, places }: SearchSpace, smallestMs = 0): Issue | undefined {
  const { targetMs, device } = objective.latency ?? {};
  if (targetMs === undefined || targetMs >= smallestMs) return undefined;
  const where = device?.target === 'table' ? 'by its table' : 'on this device';
  const reachable = roundedUp(smallestMs);
  return {
    message: `The target of ${targetMs} ms is below the smallest network of the space, which takes ${reachable} ms ${where}.`,
    fix: 'Raise the target or add smaller operators.',
    path: 'objective.latency.targetMs',
    place: places?.targetMs,
    remedies: [{ action: 'set', to: String(reachable) }],
  };
}

/** Budgets that no network of the space keeps. */
export function unreachableBudgets(space: SearchSpace): Issue[] {
  return budgetsOf(space).flatMap(({ name, most, cost }) => {
    const { min } = costRange(cost);
    if (most >= min) return [];
    return [
      {
        message: `The budget of ${costText(name, most)} is below the smallest network of the space, which takes ${costText(name, min)}.`,
        fix: 'Raise it or add smaller operators.',
        path: `objective.budget.${name}`,
        place: space.places?.budget?.[name],
        remedies: [{ action: 'set', to: String(Number.isInteger(min) ? min : roundedUp(min)) }],
      },
    ];
  });
}

/** Entries that are named before the rest is only counted. */
const NAMED_ENTRIES = 12;

/** What a table of others lacks for a space: nothing is guessed. @param missing keys, each once */
export function missingEntries({ places }: SearchSpace, missing: readonly string[]): Issue {
  const more = missing.length > NAMED_ENTRIES ? `, and ${missing.length - NAMED_ENTRIES} more` : '';
  return {
    message: `The latency table lacks ${missing.length === 1 ? 'an operator' : `${missing.length} operators`} of the space: ${missing.slice(0, NAMED_ENTRIES).join(', ')}${more}.`,
    fix: 'Use operators and widths that the table has, or add their entries to it.',
    path: 'objective.latency.device',
    place: places?.device,
  };
}

/** Three digits that do not promise less. */
function roundedUp(cost: number): number {
  const unit = 10 ** (Math.floor(Math.log10(cost)) - 2);
  return Number((Math.ceil(cost / unit) * unit).toPrecision(3));
}

/** A step that does not fit into memory. @param memoryBytes of this machine */
export function memoryShortage(space: SearchSpace, memoryBytes = totalmem()): Issue | undefined {
  const { batch } = space.schedule;
  const needed = activationBytes(space, batch);
  if (needed <= memoryBytes) return undefined;
  const megabytes = (bytes: number) => Math.ceil(bytes / 2 ** 20);
  return {
    message: `A step of ${batch} images needs about ${megabytes(needed)} MB, more than this machine's ${megabytes(memoryBytes)} MB.`,
    fix: 'Lower schedule.batch.',
    path: 'schedule.batch',
    place: space.places?.batch,
  };
}
