import type { CutGraph, PassStage } from '../../graph/cut/cut.ts';
import type { MapLanes } from '../../graph/onnx/rule.ts';
import { release } from '../memory.ts';
import { runPass } from '../passes/gradientPasses.ts';
import type { MapPasses } from '../passes/mapPasses.ts';
import type { Executable, Tensors } from '../runtime.ts';

/** A piece of a cut graph, ready to run. */
export type ReadyStage = Executable | (PassStage & { lanes: MapLanes });

/** A stage as it runs for some of the results: what it has to make, and what is read after it. */
interface Planned {
  stage: ReadyStage;
  makes: readonly string[];
  later: ReadonlySet<string>;
}

/** A cut graph: sessions and passes in turns. */
export class CutExecutable implements Executable {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  private readonly plans = new Map<string, readonly Planned[]>();

  constructor(
    private readonly stages: readonly ReadyStage[],
    private readonly outputs: CutGraph['outputs'],
    private readonly passes: MapPasses,
  ) {
    const made = new Set(stages.flatMap(stage => namesOf(stage).makes));
    const taken = new Set(stages.flatMap(stage => namesOf(stage).takes));
    this.inputNames = [...taken].filter(name => !made.has(name));
    this.outputNames = outputs.map(({ name }) => name);
  }

  async run(inputs: Tensors, wanted = this.outputNames): Promise<Tensors> {
    const results = this.outputs.filter(({ name }) => wanted.includes(name));
    const values: Tensors = { ...inputs };
    /** What was made here and is to be given back as soon as nobody reads it. */
    const own = new Set<string>();
    const drop = (name: string) => {
      if (own.delete(name)) release(values[name]);
    };
    try {
      for (const { stage, makes, later } of this.planFor(results.map(({ from }) => from))) {
        const isLast = (name: string) => own.has(name) && !later.has(name);
        const made = 'run' in stage ? await stage.run(values, makes) : this.pass(stage, values, makes, isLast, own);
        for (const [name, value] of Object.entries(made)) {
          values[name] = value;
          own.add(name);
        }
        for (const name of own) if (!later.has(name)) drop(name);
      }
    } catch (error) {
      for (const name of own) drop(name);
      throw error;
    }
    // Each result is the caller's alone.
    return Object.fromEntries(
      results.map(({ name, from }) => [name, own.delete(from) ? values[from] : values[from].slice()]),
    );
  }

  /** The stages that these results need. */
  private planFor(results: readonly string[]): readonly Planned[] {
    const key = results.join();
    let plan = this.plans.get(key);
    if (!plan) {
      const planned: Planned[] = [];
      const read = new Set(results);
      for (const stage of this.stages.toReversed()) {
        const { takes, makes } = namesOf(stage);
        const needed = makes.filter(name => read.has(name));
        if (needed.length === 0) continue;
        planned.unshift({ stage, makes: needed, later: new Set(read) });
        for (const name of takes) read.add(name);
      }
      plan = planned;
      this.plans.set(key, plan);
    }
    return plan;
  }

  /** @param isLast whether nothing reads a map of one's own any more: the gradient that comes in may then become the one that goes out */
  private pass(
    { pass, lanes, inputs, outputs }: PassStage & { lanes: MapLanes },
    values: Tensors,
    makes: readonly string[],
    isLast: (name: string) => boolean,
    own: Set<string>,
  ): Tensors {
    const missing = inputs.find(name => !values[name]);
    if (missing !== undefined) throw new Error(`runtime: input ${missing} is missing`);
    const gradient = inputs[inputs.length - 1];
    const isWanted = pass.op !== 'normGrad' || makes.includes(outputs[0]);
    const inPlace = isWanted && isLast(gradient);
    const made = runPass(
      this.passes,
      pass,
      lanes,
      inputs.map(name => values[name]),
      inPlace ? 'inPlace' : isWanted ? 'new' : 'none',
    );
    if (inPlace) own.delete(gradient);
    return Object.fromEntries(outputs.flatMap((name, i) => (made[i] ? [[name, made[i]]] : [])));
  }
}

function namesOf(stage: ReadyStage): { takes: readonly string[]; makes: readonly string[] } {
  if ('pass' in stage) return { takes: stage.inputs, makes: stage.outputs };
  return { takes: stage.inputNames, makes: stage.outputNames };
}
