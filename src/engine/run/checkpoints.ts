import { readdirSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { UserError } from '../../base/errors.ts';
import { TensorFile } from '../../export/tensorFile.ts';
import { searchStateSchema } from '../../search/searchState.ts';
import type { Supernet } from '../../search/supernet.ts';
import type { RunStore } from './runStore.ts';

const table = z.array(z.array(z.number()));

/** What a checkpoint holds besides weights, momentum and running statistics; as text in its file's metadata. */
const checkpointSchema = z.object({
  version: z.literal(1),
  search: searchStateSchema,
  /** Of what is shown, not of the search: sums, smoothed and last values. */
  shown: z.object({
    accuracyPull: table,
    latencyPull: table,
    /** Where there are budgets. */
    budgetPull: table.optional(),
    trainAccuracy: z.number().nullable(),
    validationAccuracy: z.number().nullable(),
  }),
  /** The checkpoint after the epoch with the best validation, which is kept. */
  best: z.object({ step: z.int(), accuracy: z.number() }).nullable(),
  /** The log as it was then. */
  log: z.object({ lines: z.int(), bytes: z.int() }),
  /** Searched so far, without pauses. */
  seconds: z.number(),
  peakRssMb: z.number(),
});

export type Checkpoint = z.infer<typeof checkpointSchema>;

const FOLDER = 'checkpoints';
const KEPT = 2;

/** Checkpoints of a run's search: the last two, and the best by validation. */
export class Checkpoints {
  constructor(private readonly store: RunStore) {}

  save(supernet: Supernet, checkpoint: Checkpoint): void {
    const { step } = checkpoint.search;
    const name = `${FOLDER}/${nameOf(step)}`;
    this.store.writeTensors(name, () => supernet.tensors({ momentum: true }), JSON.stringify(checkpoint));
    const kept = new Set([...this.steps().slice(0, KEPT), checkpoint.best?.step]);
    this.remove(old => !kept.has(old));
  }

  /**
   * Puts the newest checkpoint that is whole into a supernet.
   * @returns undefined where there is none
   */
  restore(supernet: Supernet, onWarning: (message: string) => void): Checkpoint | undefined {
    // One that was being written when its process was killed.
    for (const name of this.names().filter(name => name.endsWith('.tmp'))) rmSync(this.store.path(FOLDER, name));
    for (const step of this.steps()) {
      try {
        return TensorFile.use(this.store.path(FOLDER, nameOf(step)), file => {
          const checkpoint = checkpointSchema.parse(JSON.parse(file.remark));
          if (!supernet.restore(file)) throw new Error('it is of another search space');
          supernet.architectureState = checkpoint.search.architecture;
          // Their steps are done again.
          this.remove(other => other > step);
          return checkpoint;
        });
      } catch (error) {
        const reason = error instanceof UserError ? error.describe() : (error as Error).message;
        onWarning(`the checkpoint of step ${step} cannot be used (${reason}): the search goes on from an earlier one`);
      }
    }
    return undefined;
  }

  /** The newest checkpoint that is whole, for who only reads it. */
  newest(): { path: string; checkpoint: Checkpoint } | undefined {
    for (const step of this.steps()) {
      const path = this.store.path(FOLDER, nameOf(step));
      try {
        const checkpoint = TensorFile.use(path, file => checkpointSchema.parse(JSON.parse(file.remark)));
        return { path, checkpoint };
      } catch {
        // The one before it is tried.
      }
    }
    return undefined;
  }

  private remove(which: (step: number) => boolean): void {
    for (const step of this.steps().filter(which)) rmSync(this.store.path(FOLDER, nameOf(step)), { force: true });
  }

  /** Steps of the checkpoints there are, the newest first. */
  private steps(): number[] {
    return this.names()
      .flatMap(name => stepOf(name) ?? [])
      .sort((a, b) => b - a);
  }

  private names(): string[] {
    return this.store.has(FOLDER) ? readdirSync(this.store.path(FOLDER)) : [];
  }
}

const nameOf = (step: number) => `step-${String(step).padStart(7, '0')}.safetensors`;

function stepOf(name: string): number | undefined {
  const found = /^step-(\d+)\.safetensors$/.exec(name);
  return found ? Number(found[1]) : undefined;
}
