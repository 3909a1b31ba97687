import type { Random } from '../base/random.ts';
import { GraphBuilder } from '../graph/builder.ts';
import { fusePointwiseBatchNorm } from '../graph/fuse.ts';
import { differentiate } from '../graph/gradients/differentiate.ts';
import { array, type Graph, map, type NamedValue, type ValueId } from '../graph/types.ts';
import { type Executable, type Runtime, release, type Tensors } from '../runtime/runtime.ts';
import {
  createParameter,
  type Parameter,
  type ParameterSpec,
  type RunningStatistics,
  updateStatistics,
} from './parameters.ts';

/** What a part is made of, for any batch. */
export interface PartDefinition {
  /** Channels, height, width of one image's input. */
  input: readonly [number, number, number];
  parameters: readonly ParameterSpec[];
  norms: readonly { channels: number; eps: number; momentum: number; places: number }[];
  /** Shapes of dropout masks and their rates. */
  dropouts: readonly { rate: number; shape: readonly [number, number, number] }[];
  /** Identity shortcut around the part. */
  residual: boolean;
  /** Writes the part, without its shortcut, into a graph. */
  build(g: GraphBuilder, x: ValueId, bind: PartBindings): ValueId;
}

/** How a definition gets at its parameters, batch norms and dropout masks while it builds. */
export interface PartBindings {
  parameter(index: number): ValueId;
  norm(x: ValueId, gamma: ValueId, beta: ValueId, index: number): ValueId;
  dropout(x: ValueId, index: number): ValueId;
}

/** Which gradients a backward run gives: by weights and input, by weights alone, by the input alone, none but the gate's. */
export type Gradients = 'all' | 'weights' | 'input' | 'none';

/** Results of a forward run that the backward run needs again. */
export interface Tape {
  x: Float32Array;
  statistics: Tensors;
  masks: Tensors;
}

/**
 * A link of a chain that trains: one candidate of a block, a stem, a head, or a whole network. Its graphs are compiled
 * on first use. Between links only narrow maps pass; the wide ones inside are computed again for the backward run.
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

  /** Training forward: statistics of this batch. @param x packed map; kept by the tape, not copied */
  async forward(x: Float32Array, batch: number, random: Random): Promise<{ y: Float32Array; tape: Tape }> {
    const masks = this.drawMasks(batch, random);
    const { y, ...statistics } = await this.run(`forward ${batch}`, () => this.forwardGraph(batch), {
      x,
      ...this.weights(),
      ...masks,
    });
    return { y, tape: { x, statistics, masks } };
  }

  /** Forward with the statistics of this batch, or with the running ones; no dropout. */
  async evaluate(x: Float32Array, batch: number, statistics: 'batch' | 'running'): Promise<Float32Array> {
    const stored = statistics === 'running' ? this.runningTensors() : {};
    const inputs = { x, ...this.weights(), ...stored };
    return (await this.run(`${statistics} ${batch}`, () => this.evaluationGraph(batch, statistics), inputs)).y;
  }

  /** @returns `dx` and one `d<index>` per parameter, as far as asked for; with `gate` also `gate`, `<f(x), dy>` */
  backward(tape: Tape, dy: Float32Array, batch: number, gradients: Gradients, gate = false): Promise<Tensors> {
    // Nothing to run: a graph without outputs would have no batch.
    if (gradients === 'weights' && !gate && this.parameters.length === 0) return Promise.resolve({});
    return this.run(`backward ${batch} ${gradients} ${gate}`, () => this.backwardGraph(batch, gradients, gate), {
      x: tape.x,
      dy,
      ...this.weights(),
      ...tape.statistics,
      ...tape.masks,
    });
  }

  /**
   * `<f(x), dy>` with batch statistics: the gradient of the gate of a candidate that is not active. It runs the forward
   * graph of weight steps: a graph of its own for every candidate would cost more memory than the product costs time.
   */
  async gateGradient(x: Float32Array, dy: Float32Array, batch: number): Promise<number> {
    const y = await this.batchForward(x, batch);
    const { residual } = this.definition;
    let sum = 0;
    for (let i = 0; i < y.length; i++) sum += (residual ? y[i] - x[i] : y[i]) * dy[i];
    release(y);
    return sum;
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
    const results = await this.run(`loss ${batch} ${gradients}`, () => this.lossGraph(batch, gradients), {
      x,
      targets,
      ...this.weights(),
      ...masks,
    });
    const { loss, probabilities } = results;
    return { loss: loss[0], probabilities, results, tape: { x, statistics: results, masks } };
  }

  /** Takes the batch statistics of a training forward into the running ones. */
  updateRunning({ statistics }: Tape, batch: number): void {
    this.running.forEach((running, i) => {
      const count = batch * this.definition.norms[i].places;
      updateStatistics(running, statistics[`mean${i}`], statistics[`variance${i}`], count);
    });
  }

  /** Forward with the statistics of the batch and no dropout, by the graph of weight steps where that has none. */
  private async batchForward(x: Float32Array, batch: number): Promise<Float32Array> {
    if (this.definition.dropouts.length > 0) return this.evaluate(x, batch, 'batch');
    const { y, ...statistics } = await this.run(`forward ${batch}`, () => this.forwardGraph(batch), {
      x,
      ...this.weights(),
    });
    for (const values of Object.values(statistics)) release(values);
    return y;
  }

  private async run(key: string, build: () => Graph, inputs: Tensors): Promise<Tensors> {
    let executable = this.executables.get(key);
    if (!executable) {
      executable = this.runtime.compile(build());
      this.executables.set(key, executable);
    }
    return (await executable).run(inputs);
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
      masks[`mask${i}`] = Float32Array.from({ length: batch * c * h * w }, () => (random.next() < rate ? 0 : kept));
    });
    return masks;
  }

  private forwardGraph(batch: number): Graph {
    return without(this.graph(batch, { dropout: true, stored: false }), ['own']);
  }

  private evaluationGraph(batch: number, statistics: 'batch' | 'running'): Graph {
    const graph = this.graph(batch, { dropout: false, stored: statistics === 'running' });
    return GraphBuilder.from(graph).finish([{ name: 'y', value: named(graph.outputs, 'y') }]);
  }

  /** The forward run once more from the stored statistics, and the gradients behind it. */
  private backwardGraph(batch: number, gradients: Gradients, gate: boolean): Graph {
    const graph = this.graph(batch, { dropout: true, stored: true });
    const g = GraphBuilder.from(graph);
    const own = named(graph.outputs, 'own');
    const dy = g.input('dy', g.type(own));
    const outputs = this.gradientOutputs(g, { value: named(graph.outputs, 'y'), gradient: dy }, gradients);
    if (gate) outputs.push({ name: 'gate', value: g.add('dot', [own, dy], {}) });
    return g.finish(outputs);
  }

  private lossGraph(batch: number, gradients: Gradients): Graph {
    const graph = this.graph(batch, { dropout: true, stored: false });
    const g = GraphBuilder.from(graph);
    const logits = named(graph.outputs, 'y');
    const [n, classes] = g.type(logits).dims;
    const targets = g.input('targets', array(n, classes));
    const [loss, probabilities] = g.outputs('softmaxCrossEntropy', [logits, targets], {});
    return g.finish([
      { name: 'loss', value: loss },
      { name: 'probabilities', value: probabilities },
      ...without(graph, ['y', 'own']).outputs,
      ...this.gradientOutputs(g, { loss }, gradients),
    ]);
  }

  private gradientOutputs(
    g: GraphBuilder,
    from: Parameters<typeof differentiate>[1],
    gradients: Gradients,
  ): NamedValue[] {
    const input = (name: string) => named(g.inputs, name);
    const wanted = [
      ...(gradients === 'all' || gradients === 'input' ? [{ name: 'dx', of: input('x') }] : []),
      ...(gradients === 'all' || gradients === 'weights'
        ? this.parameters.map((_, i) => ({ name: `d${i}`, of: input(`p${i}`) }))
        : []),
    ];
    const values = differentiate(
      g,
      from,
      wanted.map(({ of }) => of),
    );
    return wanted.flatMap(({ name }, i) => {
      const value = values[i];
      return value === undefined ? [] : [{ name, value }];
    });
  }

  /**
   * The part's graph: outputs `y` (with shortcut), `own` (without), and `mean<i>`, `variance<i>` of its batch norms
   * unless they are given as inputs (`stored`).
   */
  private graph(batch: number, { dropout, stored }: { dropout: boolean; stored: boolean }): Graph {
    const { definition } = this;
    const g = new GraphBuilder();
    const x = g.input('x', map(batch, ...definition.input));
    const parameters = definition.parameters.map((spec, i) => g.input(`p${i}`, array(...spec.dims)));
    const statistics: NamedValue[] = [];
    const own = definition.build(g, x, {
      parameter: index => parameters[index],
      norm: (input, gamma, beta, index) => {
        const { channels, eps } = definition.norms[index];
        if (stored) {
          const mean = g.input(`mean${index}`, array(channels));
          const variance = g.input(`variance${index}`, array(channels));
          return g.add('normalize', [input, gamma, beta, mean, variance], { eps });
        }
        const [y, mean, variance] = g.outputs('batchNorm', [input, gamma, beta], { eps });
        statistics.push({ name: `mean${index}`, value: mean }, { name: `variance${index}`, value: variance });
        return y;
      },
      dropout: (input, index) => {
        if (!dropout) return input;
        const { shape } = definition.dropouts[index];
        return g.add('multiply', [input, g.input(`mask${index}`, map(batch, ...shape))], {});
      },
    });
    const y = definition.residual ? g.add('add', [own, x], {}) : own;
    const whole = { values: g.values, inputs: g.inputs, nodes: g.nodes };
    const outputs = [{ name: 'y', value: y }, { name: 'own', value: own }, ...statistics];
    return fusePointwiseBatchNorm({ ...whole, outputs });
  }
}

function named(values: readonly NamedValue[], name: string): ValueId {
  const found = values.find(value => value.name === name);
  if (!found) throw new Error(`training: no value named ${name}`);
  return found.value;
}

/** The graph without some of its outputs. */
function without(graph: Graph, names: readonly string[]): Graph {
  return { ...graph, outputs: graph.outputs.filter(output => !names.includes(output.name)) };
}
