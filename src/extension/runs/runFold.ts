import type { Energy } from '../../protocol/energy.ts';
import type { Inherited, RunEvent, TracedLayer } from '../../protocol/events.ts';
import type { SpaceView } from '../../protocol/spaceView.ts';
import type { LiveView, RunView } from '../../protocol/viewer.ts';
import { smoothedAccuracy } from './curves.ts';
import { clip } from './runFiles.ts';
import { choiceSizes, spaceOfStart, unknownSpace } from './spaceOfLog.ts';
import { accumulate, entropyOf, fitting, softmax, zeros } from './tables.ts';

type Table = number[][];
type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

/** A network that was tried on the way: the most probable one after an epoch. */
export interface Sample {
  epoch: number;
  accuracy: number;
  /** Undefined where no latency is asked for. */
  predictedMs: number | undefined;
}

const MOST_SAMPLES = 400;
const MOST_LINES = 50;

/**
 * The state of a run after its events so far, in bounded memory. Every event stands for itself and is checked against
 * the space: what does not fit is passed over, so that no log can do more than show nonsense.
 */
export class RunFold {
  space: SpaceView = unknownSpace;
  seed = 0;
  steps = 0;
  /** As the log says: `search`, `derive`, `train`, and at the end `done` or `stopped`. */
  stage = '';
  paused = false;
  smallestMs: number | undefined;
  inherited: Inherited | null = null;
  restrictions: RunView['restrictions'] = { locked: [], banned: [] };
  samples: Sample[] = [];
  derived: EventOf<'derived'> | null = null;
  layers: TracedLayer[] = [];
  /** Accuracy on the test images by network. */
  readonly tested = new Map<string, number>();
  warnings: string[] = [];
  /** What the run had taken when the log told last. */
  energy: Energy | null = null;
  private figures = initialFigures();
  private sizes: number[] = [];

  apply(event: RunEvent): void {
    if ('energy' in event && event.energy) this.energy = event.energy;
    switch (event.type) {
      case 'start':
        this.begin(event);
        break;
      case 'stage':
        this.stage = clip(event.stage);
        break;
      case 'profiled':
        this.smallestMs = event.smallestMs;
        break;
      case 'inherited':
        this.inherited = inheritedOf(event);
        break;
      case 'weights':
        this.weights(event);
        break;
      case 'architecture':
        this.architecture(event);
        break;
      case 'keyframe':
        this.keyframe(event);
        break;
      case 'epoch':
        this.epoch(event);
        break;
      case 'steered':
        this.restrict(event);
        break;
      case 'paused':
        this.paused = true;
        break;
      case 'resumed':
        this.paused = false;
        this.stage = this.stage === 'stopped' ? '' : this.stage;
        break;
      case 'derived':
        // A network derived anew has not been traced or tested.
        [this.derived, this.layers] = [event, []];
        this.tested.delete('derived');
        break;
      case 'traced':
        this.layers = event.layers.slice(0, 2000);
        break;
      case 'tested':
        if (this.tested.size < 100) this.tested.set(clip(event.network), event.testAccuracy);
        break;
      case 'warning':
        if (this.warnings.length < MOST_LINES) this.warnings = [...this.warnings, clip(event.message)];
        break;
      case 'stopped':
      case 'done':
        this.paused = false;
        this.stage = event.type;
        break;
    }
  }

  /** What moves from step to step, as it is now; a copy that later events do not touch. */
  live(): LiveView {
    const { probabilities, accuracyPull, latencyPull, budgetPull, path, ...rest } = this.figures;
    const copy = (table: Table) => table.map(row => [...row]);
    return {
      ...rest,
      // Logs of the first version do not tell how many there will be.
      steps: Math.max(this.steps, rest.step),
      probabilities: copy(probabilities),
      accuracyPull: copy(accuracyPull),
      latencyPull: copy(latencyPull),
      budgetPull: budgetPull && copy(budgetPull),
      path: [...path],
      entropy: entropyOf(probabilities),
    };
  }

  private begin(event: EventOf<'start'>): void {
    this.space = spaceOfStart(event);
    this.seed = event.seed;
    this.steps = event.steps ?? 0;
    this.sizes = choiceSizes(this.space);
    this.restrictions = { locked: this.sizes.map(() => null), banned: this.sizes.map(() => []) };
    const uniform = this.sizes.map(size => new Array<number>(size).fill(1 / size));
    this.figures = {
      ...initialFigures(),
      probabilities: uniform,
      accuracyPull: zeros(this.sizes),
      latencyPull: zeros(this.sizes),
      budgetPull: Object.keys(this.space.budget ?? {}).length > 0 ? zeros(this.sizes) : undefined,
    };
  }

  private weights({ step, epoch, warmup, loss, accuracy, path }: EventOf<'weights'>): void {
    const { figures } = this;
    figures.step = step + 1;
    figures.epoch = epoch;
    figures.warmup = warmup;
    figures.loss = loss;
    figures.trainAccuracy = smoothedAccuracy(figures.trainAccuracy, accuracy);
    if (path.length === this.sizes.length) figures.path = path;
  }

  private architecture({ expectedMs, lambda, budgets, pulls, probabilities }: EventOf<'architecture'>): void {
    const { figures } = this;
    figures.expectedMs = expectedMs ?? null;
    figures.lambda = lambda;
    figures.budgets = budgets;
    if (probabilities && fitting(probabilities, this.sizes)) figures.probabilities = probabilities;
    for (const [block, pull] of pulls.entries()) {
      if (!pull || block >= this.sizes.length) continue;
      accumulate(figures.accuracyPull[block], pull.indices, pull.accuracy);
      accumulate(figures.latencyPull[block], pull.indices, pull.latency);
      if (figures.budgetPull && pull.budget) accumulate(figures.budgetPull[block], pull.indices, pull.budget);
    }
  }

  private keyframe(event: EventOf<'keyframe'>): void {
    const { step, epoch, warmup, expectedMs = null, lambda, budgets, trainAccuracy, validationAccuracy } = event;
    const sums = { step, epoch, warmup, expectedMs, lambda, budgets, trainAccuracy, validationAccuracy };
    Object.assign(this.figures, sums);
    for (const name of ['probabilities', 'accuracyPull', 'latencyPull', 'budgetPull'] as const) {
      const table = event[name];
      if (table && fitting(table, this.sizes)) this.figures[name] = table.map(row => [...row]);
    }
    this.restrict(event);
  }

  private epoch({ epoch, accuracy, expectedMs, alphas, predictedMs }: EventOf<'epoch'>): void {
    this.figures.validationAccuracy = accuracy;
    this.figures.expectedMs = expectedMs ?? null;
    if (fitting(alphas, this.sizes)) this.figures.probabilities = alphas.map(softmax);
    // An epoch that is run again, from a checkpoint before its end, replaces its first attempt.
    const samples = [...this.samples.filter(sample => sample.epoch < epoch), { epoch, accuracy, predictedMs }];
    this.samples = samples.length > MOST_SAMPLES ? samples.filter((_, i) => i % 2 === 1) : samples;
  }

  private restrict({ locked, banned }: RunView['restrictions']): void {
    if (locked.length === this.sizes.length && banned.length === this.sizes.length)
      this.restrictions = { locked, banned };
  }
}

/** Everything of `LiveView` that is carried from event to event. */
type Figures = Omit<LiveView, 'steps' | 'entropy'>;

function initialFigures(): Figures {
  return {
    step: 0,
    epoch: 0,
    warmup: true,
    probabilities: [],
    path: [],
    accuracyPull: [],
    latencyPull: [],
    expectedMs: null,
    lambda: 0,
    loss: null,
    trainAccuracy: null,
    validationAccuracy: null,
  };
}

function inheritedOf({ fromRun, blocks, difference }: EventOf<'inherited'>): Inherited {
  return {
    fromRun: clip(fromRun),
    blocks: blocks.slice(0, 1000).map(({ block, inherited, reason }) => ({
      block: clip(block),
      inherited,
      reason: clip(reason),
    })),
    difference: difference.slice(0, 1000).map(clip),
  };
}
