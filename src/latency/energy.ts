import { Random } from '../base/random.ts';
import type { ModelToMeasure } from './measure.ts';
import { median } from './statistics.ts';
import type { LatencyTarget, OpenModel } from './targets/target.ts';

export interface EnergyOptions {
  threads: number;
  /** Of the random order. */
  seed: number;
}

export interface EnergyReport {
  /** What the device takes while nothing is asked of it: subtracted from what models take. */
  idleWatts: number;
  /** Medians over rounds, in joules of one run. */
  models: { key: string; joules: number }[];
}

/** How time is told and left to go by. */
export interface Timing {
  nowMs(): number;
  sleep(ms: number): Promise<void>;
}

/** Counters move about once a millisecond: that is half a per cent of a visit. */
const VISIT_MS = 200;
const ROUNDS = 9;
/** Idle worker threads of the model visited before go on spinning for some milliseconds. */
const SPIN_DOWN_MS = 10;

const machine: Timing = {
  nowMs: () => performance.now(),
  sleep: ms => new Promise(resolve => setTimeout(resolve, ms)),
};

/**
 * Energy of models against one another: all are visited in rounds of random order, each time for long against the steps of the
 * counter, with a rest in every round that says what the device takes anyway. Another load on the machine is counted
 * too; one that comes and goes is left out by the median.
 *
 * @throws Error where the device does not tell what it takes
 */
export async function measureEnergy(
  target: LatencyTarget,
  models: readonly Pick<ModelToMeasure, 'key' | 'model'>[],
  { threads, seed }: EnergyOptions,
  { nowMs, sleep }: Timing = machine,
): Promise<EnergyReport> {
  const counter = target.countEnergy?.();
  const open: OpenModel[] = [];
  /** Joules and seconds of some runs. */
  const counted = async (work: () => Promise<number>) => {
    await sleep(SPIN_DOWN_MS);
    counter?.take();
    const began = nowMs();
    const runs = await work();
    const joules = counter?.take();
    if (joules === undefined) throw new Error('the energy counter of this machine cannot be read');
    return { joules, seconds: (nowMs() - began) / 1000, runs };
  };
  const rest = () => counted(() => sleep(VISIT_MS).then(() => 0));
  const visit = (model: OpenModel) =>
    counted(async () => {
      let runs = 0;
      for (const began = nowMs(); nowMs() - began < VISIT_MS; runs++) await model.run();
      return runs;
    });
  try {
    for (const { model } of models) open.push(await target.open(model, { threads }));
    const random = new Random(seed, 'energy order');
    const idle: number[] = [];
    const samples = models.map((): number[] => []);
    for (let round = 0; round < ROUNDS; round++) {
      const { joules, seconds } = await rest();
      idle.push(joules / seconds);
      for (const k of random.shuffle(models.map((_, k) => k))) {
        // Not counted: the first runs bring a model back into the caches.
        if (round === 0) await visit(open[k]);
        const { joules, seconds, runs } = await visit(open[k]);
        samples[k].push((joules - idle[round] * seconds) / runs);
      }
    }
    return {
      idleWatts: median(idle),
      models: models.map(({ key }, k) => ({ key, joules: median(samples[k]) })),
    };
  } finally {
    for (const model of open) await model.release();
  }
}
