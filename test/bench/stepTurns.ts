import { Random } from '../../src/base/random.ts';
import { busyCores } from './machineLoad.ts';
import type { StepProcess } from './stepProcess.ts';
import type { DrawnCommand, StepKind, StepReply } from './stepProtocol.ts';
import type { SideResult } from './stepSummary.ts';

/** What turns need of an implementation. */
export type Side = Pick<StepProcess, 'name' | 'ready' | 'step'>;

export interface Turns {
  ours: SideResult;
  others: SideResult[];
  /** Paths of the weight steps. */
  paths: number[][];
  /** Mean number of cores that other programs kept busy, seen before each turn. */
  busyCoresOfOthers: number;
}

/** Pause before each turn in which none of the sides works. */
const PAUSE_MS = 200;

export interface TurnOptions {
  weightPaths: number;
  architectureDraws: number;
  seed: number;
  progress: (line: string) => void;
}

/**
 * Times every kind of step on all sides in turns: a draw on ours, then the same one on each other side, then the next draw.
 * Before, ours takes every draw once, which compiles what it needs, and each other side takes one step of the kind.
 */
export async function takeTurns(ours: Side, others: readonly Side[], options: TurnOptions): Promise<Turns> {
  const random = new Random(options.seed, 'paths');
  const paths = Array.from({ length: options.weightPaths }, () => ours.ready.choices.map(count => random.below(count)));
  const results = [ours, ...others].map(newResult);
  const busy: number[] = [];
  await timeKind('weight', paths.length, turn => ours.step({ do: 'weight', path: paths[turn] }));
  for (const kind of ['archTwo', 'archFull'] as const) {
    await timeKind(kind, options.architectureDraws, draw => ours.step({ do: kind, draw }));
  }
  const busyCoresOfOthers = busy.reduce((sum, cores) => sum + cores, 0) / busy.length;
  return { ours: results[0], others: results.slice(1), paths, busyCoresOfOthers };

  async function timeKind(kind: StepKind, turns: number, ourStep: (turn: number) => Promise<StepReply>): Promise<void> {
    options.progress(`${kind}: warm-up`);
    const follow = (turn: number, { drawn }: StepReply): DrawnCommand => ({
      do: kind,
      ...(drawn ?? { path: paths[turn] }),
    });
    let warm: StepReply | undefined;
    for (let turn = 0; turn < turns; turn++) warm = await ourStep(turn);
    if (warm) for (const other of others) await other.step(follow(turns - 1, warm));
    for (let turn = 0; turn < turns; turn++) {
      options.progress(`${kind}: ${turn + 1} of ${turns}`);
      busy.push(await busyCores(PAUSE_MS));
      const reply = await ourStep(turn);
      record(results[0], kind, reply);
      for (const [i, other] of others.entries()) record(results[i + 1], kind, await other.step(follow(turn, reply)));
    }
  }
}

function newResult({ name }: Side): SideResult {
  return { name, timings: { weight: [], archTwo: [], archFull: [] }, peakRssMb: 0 };
}

function record(result: SideResult, kind: StepKind, { ms, peakRssMb }: StepReply): void {
  result.timings[kind].push(ms);
  result.peakRssMb = peakRssMb;
}
