import type { Random } from '../base/random.ts';
import type { Graph } from '../graph/types.ts';
import { release } from '../runtime/memory.ts';
import type { Executable, Runtime, Tensors } from '../runtime/runtime.ts';
import {
  createParameter,
  type Parameter,
  type ParameterSpec,
  type RunningStatistics,
  updateStatistics,
} from './parameters.ts';
import {
  backwardGraph,
  evaluationGraph,
  forwardGraph,
  type Gradients,
  lossGraph,
  type PartDefinition,
} from './partGraphs.ts';

/** Results of a forward run that the backward run needs again. */
export interface Tape {
  x: Float32Array;
  /** Statistics of the batch, and maps that are costly to compute again (`partGraphs.ts`). */
  kept: Tensors;
  masks: Tensors;
}

/**
 * A link of a chain that trains: one candidate of a block, a stem, a head, or a whole network. Its graphs are compiled
 * on first use. Between links only narrow maps pass; of the wide ones inside those are kept for the backward run that take more
 * than a pass over memory to compute.
 */
export class Part {
  readonly parameters: Parameter[];
  readonly running: RunningStatistics[];
  private readonly executables = new Map<string, Promise<Executable>>();

  constructor(
    private readonly runtime: Runtime,
    readonly definition: PartDefinition,
    random: Random,
    /** Start values of its own for some parameters; the others start as their spec says. */
    start: (spec: ParameterSpec, index: number) => Float32Array | undefined = () => undefined,
  ) {
    this.parameters = definition.parameters.map((spec, index) => {
      const values = start(spec, index);
      return values ? { ...spec, values } : createParameter(spec, random);
    });
    this.running = definition.norms.map(({ channels, momentum }) => ({
      mean: new Float32Array(channels),
      variance: new Float32Array(channels).fill(1),
      momentum,
    }));
  }

  /** Takes over trained numbers, in the order of the definition. */
  load(numbers: {
    parameters: readonly Pick<Parameter, 'values'>[];
    running: readonly Pick<RunningStatistics, 'mean' | 'variance'>[];
  }): void {
    for (const [i, { values }] of this.parameters.entries()) values.set(numbers.parameters[i].values);
    this.running.forEach(({ mean, variance }, i) => {
      mean.set(numbers.running[i].mean);
      variance.set(numbers.running[i].variance);
    });
  }

  /**
   * Training forward: statistics of this batch.
   * @param x packed map; kept by the tape, not copied
   * @param backward whether a backward run follows; without one the tape has the statistics alone
   */
  async forward(
    x: Float32Array,
    batch: number,
    random: Random,
    backward = true,
  ): Promise<{ y: Float32Array; tape: Tape }> {
    const masks = this.drawMasks(batch, random);
    const inputs = { x, ...this.weights(), ...masks };
    const wanted = backward ? undefined : ['y', ...statisticsOf(this.definition)];
    const { y, ...kept } = await this.run(
      `forward ${batch}`,
      () => forwardGraph(this.definition, batch),
      inputs,
      wanted,
    );
    return { y, tape: { x, kept, masks } };
  }

  /** Forward with the statistics of this batch, or with the running ones; no dropout. */
  async evaluate(x: Float32Array, batch: number, statistics: 'batch' | 'running'): Promise<Float32Array> {
    // The graph of weight steps, where it does without dropout: it is compiled already, or will be.
    const trains = statistics === 'batch' && this.definition.dropouts.length === 0;
    const key = trains ? `forward ${batch}` : `${statistics} ${batch}`;
    const build = () =>
      trains ? forwardGraph(this.definition, batch) : evaluationGraph(this.definition, batch, statistics);
    const stored = statistics === 'running' ? this.runningTensors() : {};
    return (await this.run(key, build, { x, ...this.weights(), ...stored }, ['y'])).y;
  }

  /** @returns `dx` and one `d<index>` per parameter, as far as asked for; with `gate` also `gate`, `<f(x), dy>` */
  backward(tape: Tape, dy: Float32Array, batch: number, gradients: Gradients, gate = false): Promise<Tensors> {
    // Nothing to run: a graph without outputs would have no batch.
    if (gradients === 'weights' && !gate && this.parameters.length === 0) return Promise.resolve({});
    return this.run(
      `backward ${batch} ${gradients} ${gate}`,
      () => backwardGraph(this.definition, batch, gradients, gate),
      {
        x: tape.x,
        dy,
        ...this.weights(),
        ...tape.kept,
        ...tape.masks,
      },
    );
  }

  /**
   * `<f(x), dy>` with batch statistics: the gradient of the gate of a candidate that is not active. It runs the forward
   * graph of weight steps: a graph of its own for every candidate would cost more memory than the product costs time.
   */
  async gateGradient(x: Float32Array, dy: Float32Array, batch: number): Promise<number> {
    const y = await this.evaluate(x, batch, 'batch');
    const product = this.runtime.dot(y, dy, this.definition.residual ? x : undefined);
    release(y);
    return product;
  }

  /** For the last part: forward, loss and backward in one run, so that nothing is computed twice. */
  async loss(
    x: Float32Array,
    targets: Float32Array,
    batch: number,
    gradients: Gradients,
    random: Random,
  ): Promise<{ loss: number; probabilities: Float32Array; results: Tensors; tape: Tape }> {
    const masks = this.drawMasks(batch, random);
    const results = await this.run(`loss ${batch} ${gradients}`, () => lossGraph(this.definition, batch, gradients), {
      x,
      targets,
      ...this.weights(),
      ...masks,
    });
    const { loss, probabilities } = results;
    return { loss: loss[0], probabilities, results, tape: { x, kept: results, masks } };
  }

  /** Takes the batch statistics of a training forward into the running ones. */
  updateRunning({ kept }: Tape, batch: number): void {
    this.running.forEach((running, i) => {
      const count = batch * this.definition.norms[i].places;
      updateStatistics(running, kept[`mean${i}`], kept[`variance${i}`], count);
    });
  }

  private async run(key: string, build: () => Graph, inputs: Tensors, wanted?: readonly string[]): Promise<Tensors> {
    let executable = this.executables.get(key);
    if (!executable) {
      executable = this.runtime.compile(build());
      this.executables.set(key, executable);
    }
    return (await executable).run(inputs, wanted);
  }

  private weights(): Tensors {
    return Object.fromEntries(this.parameters.map(({ values }, i) => [`p${i}`, values]));
  }

  private runningTensors(): Tensors {
    return Object.fromEntries(
      this.running.flatMap(({ mean, variance }, i) => [
        [`mean${i}`, mean],
        [`variance${i}`, variance],
      ]),
    );
  }

  private drawMasks(batch: number, random: Random): Tensors {
    const masks: Tensors = {};
    this.definition.dropouts.forEach(({ rate, shape: [c, h, w] }, i) => {
      const kept = 1 / (1 - rate);
      const mask = Float32Array.from({ length: batch * c * h * w }, () => (random.next() < rate ? 0 : kept));
      // In any order, as long as it is a map's: with a single place it lies there whatever its order.
      masks[`mask${i}`] = h * w === 1 ? mask : this.runtime.pack(mask, [batch, c, h, w]);
    });
    return masks;
  }
}

function statisticsOf({ norms }: PartDefinition): string[] {
  return norms.flatMap((_, i) => [`mean${i}`, `variance${i}`]);
}
