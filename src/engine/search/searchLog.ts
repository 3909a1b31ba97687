import type { LatencyPredictor } from '../../latency/predictor.ts';
import type { RunEvent } from '../../protocol/events.ts';
import { entropy } from '../../search/architecture.ts';
import type { SearchEvent } from '../../search/proxyless.ts';
import type { SearchState } from '../../search/searchState.ts';
import { expectedLatency, type LatencyCosts } from '../../search/steps.ts';
import type { Supernet } from '../../search/supernet.ts';
import { deriveNetwork, macs } from '../../space/analysis.ts';
import type { Checkpoint } from '../run/checkpoints.ts';
import { latencyCosts } from './profiling.ts';

/** Weight steps between two keyframes: a reader of a log's end never has to go further back. */
const KEYFRAME_STEPS = 100;
/** Share of the newest step in the smoothed training accuracy. */
const SMOOTHING = 0.05;

/** Numbers in the log keep six digits: it is read by people and drawn, not computed with. */
const short = (value: number) => Number(value.toPrecision(6));
const shortTable = (rows: Iterable<Iterable<number>>) => Array.from(rows, row => Array.from(row, short));

/** What the log of a run tells of its search: from the search's events to the run's, with sums over all of them. */
export class SearchLog {
  /** Weight steps done. */
  step: number;
  private readonly costs: LatencyCosts;
  private readonly shown: Checkpoint['shown'];
  private keyframeAt = -1;
  private expectedMs = Number.NaN;

  /** @param from where a search that goes on stood */
  constructor(
    private readonly supernet: Supernet,
    private readonly predictor: LatencyPredictor,
    from: Checkpoint | undefined,
  ) {
    this.costs = latencyCosts(predictor);
    this.step = from?.search.step ?? 0;
    const zeros = () => supernet.choices.map(({ parts }) => parts.map(() => 0));
    const fresh = { accuracyPull: zeros(), latencyPull: zeros(), trainAccuracy: null, validationAccuracy: null };
    this.shown = structuredClone(from?.shown ?? fresh);
  }

  /** The event for the run's log. */
  take(event: SearchEvent): RunEvent {
    switch (event.kind) {
      case 'weights':
        return this.takeWeights(event);
      case 'architecture':
        return this.takeArchitecture(event);
      case 'epoch':
        return this.takeEpoch(event);
    }
  }

  /** What a keyframe sums up, for a checkpoint. */
  get sums(): Checkpoint['shown'] {
    return structuredClone(this.shown);
  }

  /** Where the search stands, in a few words. */
  text({ warmup, epoch }: { warmup: boolean; epoch: number }, targetMs: number): string {
    const latency = Number.isNaN(this.expectedMs) ? '' : `, E[latency] ${this.expectedMs.toFixed(3)} of ${targetMs} ms`;
    const accuracy = ((this.shown.trainAccuracy ?? 0) * 100).toFixed(1);
    return `${warmup ? 'warm-up' : 'search'} epoch ${epoch + 1}, accuracy ${accuracy} %${latency}`;
  }

  get keyframeDue(): boolean {
    return this.keyframeAt < 0 || (this.step % KEYFRAME_STEPS === 0 && this.step !== this.keyframeAt);
  }

  keyframe({ lambda, architecture }: SearchState, { epoch, warmup }: { epoch: number; warmup: boolean }): RunEvent {
    this.keyframeAt = this.step;
    const probabilities = this.supernet.probabilities();
    const { accuracyPull, latencyPull, trainAccuracy, validationAccuracy } = this.shown;
    return {
      type: 'keyframe',
      step: this.step,
      epoch,
      warmup,
      alphas: shortTable(architecture.alphas),
      probabilities: shortTable(probabilities),
      accuracyPull: shortTable(accuracyPull),
      latencyPull: shortTable(latencyPull),
      locked: architecture.locked,
      banned: architecture.banned,
      expectedMs: short(expectedLatency(this.costs, probabilities)),
      lambda: short(lambda),
      entropy: short(probabilities.reduce((sum, p) => sum + entropy(p), 0) / Math.max(1, probabilities.length)),
      trainAccuracy: trainAccuracy === null ? null : short(trainAccuracy),
      validationAccuracy: validationAccuracy === null ? null : short(validationAccuracy),
    };
  }

  private takeWeights({ kind: type, loss, accuracy, rate, ...rest }: Kind<'weights'>): RunEvent {
    this.step = rest.step + 1;
    const before = this.shown.trainAccuracy ?? accuracy;
    this.shown.trainAccuracy = before + SMOOTHING * (accuracy - before);
    return { type, ...rest, loss: short(loss), accuracy: short(accuracy), rate: short(rate) };
  }

  private takeArchitecture({ kind: type, step, epoch, lambda, result }: Kind<'architecture'>): RunEvent {
    const { crossEntropy, loss, expectedMs } = result;
    this.expectedMs = expectedMs;
    const pulls = result.pulls.map((pull, l) => {
      if (!pull) return null;
      for (const [k, i] of pull.indices.entries()) {
        this.shown.accuracyPull[l][i] -= pull.accuracy[k];
        this.shown.latencyPull[l][i] -= pull.latency[k];
      }
      return {
        indices: [...pull.indices],
        active: pull.active,
        accuracy: Array.from(pull.accuracy, short),
        latency: Array.from(pull.latency, short),
      };
    });
    return {
      type,
      step,
      epoch,
      crossEntropy: short(crossEntropy),
      loss: short(loss),
      expectedMs: short(expectedMs),
      lambda: short(lambda),
      pulls,
      probabilities: shortTable(this.supernet.probabilities()),
    };
  }

  private takeEpoch({ epoch, warmup, validation, expectedMs, entropy, alphas }: Kind<'epoch'>): RunEvent {
    this.shown.validationAccuracy = validation.accuracy;
    // One right after it, too.
    this.keyframeAt = -1;
    const whole = this.wholeChoices(validation.choices);
    return {
      type: 'epoch',
      epoch,
      warmup,
      accuracy: short(validation.accuracy),
      crossEntropy: short(validation.crossEntropy),
      choices: validation.choices,
      predictedMs: short(this.predictor.predict(whole)),
      macs: macs(deriveNetwork(this.supernet.space, whole)),
      expectedMs: short(expectedMs),
      entropy: short(entropy),
      alphas: shortTable(alphas),
    };
  }

  /** From choices by choice block to one per block of the space, 0 where there is no choice. */
  private wholeChoices(choices: readonly number[]): number[] {
    let next = 0;
    return this.supernet.blocks.map(({ architecture }) => (architecture ? choices[next++] : 0));
  }
}

type Kind<K extends SearchEvent['kind']> = Extract<SearchEvent, { kind: K }>;
