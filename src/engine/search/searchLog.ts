import { costText } from '../../protocol/budgetNames.ts';
import type { BudgetStates } from '../../protocol/budgets.ts';
import type { RunEvent } from '../../protocol/events.ts';
import { entropy } from '../../search/architecture.ts';
import { type ExpectedCosts, expectedCosts } from '../../search/costTerms.ts';
import type { SearchEvent } from '../../search/proxyless.ts';
import type { SearchState } from '../../search/searchState.ts';
import type { Supernet } from '../../search/supernet.ts';
import { deriveNetwork } from '../../space/analysis.ts';
import { countNetwork } from '../../space/budgets.ts';
import type { Checkpoint } from '../run/checkpoints.ts';
import { type Limits, searchedCosts, summedBudgets } from './limits.ts';

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
  private readonly shown: Checkpoint['shown'];
  private keyframeAt = -1;
  private expected: ExpectedCosts | undefined;

  /** @param from where a search that goes on stood */
  constructor(
    private readonly supernet: Supernet,
    private readonly limits: Limits,
    from: Checkpoint | undefined,
  ) {
    this.step = from?.search.step ?? 0;
    const zeros = () => supernet.choices.map(({ parts }) => parts.map(() => 0));
    const fresh = { accuracyPull: zeros(), latencyPull: zeros(), trainAccuracy: null, validationAccuracy: null };
    const budgetPull = summedBudgets(limits.budgets).length > 0 ? zeros() : undefined;
    this.shown = structuredClone(from?.shown ?? { ...fresh, budgetPull });
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
  text({ warmup, epoch }: { warmup: boolean; epoch: number }): string {
    const { latency } = this.limits;
    const budgets = summedBudgets(this.limits.budgets);
    const { ms, budgets: counted = [] } = this.expected ?? {};
    const accuracy = ((this.shown.trainAccuracy ?? 0) * 100).toFixed(1);
    return [
      `${warmup ? 'warm-up' : 'search'} epoch ${epoch + 1}`,
      `accuracy ${accuracy} %`,
      ...(latency && ms !== undefined ? [`E[latency] ${ms.toFixed(3)} of ${latency.targetMs} ms`] : []),
      ...counted.map(
        (value, k) => `E ${costText(budgets[k].name, value)} of ${costText(budgets[k].name, budgets[k].most)}`,
      ),
    ].join(', ');
  }

  get keyframeDue(): boolean {
    return this.keyframeAt < 0 || (this.step % KEYFRAME_STEPS === 0 && this.step !== this.keyframeAt);
  }

  keyframe(
    { lambda, budgetLambdas, architecture }: SearchState,
    { epoch, warmup }: { epoch: number; warmup: boolean },
  ): RunEvent {
    this.keyframeAt = this.step;
    const probabilities = this.supernet.probabilities();
    const { accuracyPull, latencyPull, budgetPull, trainAccuracy, validationAccuracy } = this.shown;
    const expected = expectedCosts(searchedCosts(this.limits), probabilities);
    return {
      type: 'keyframe',
      step: this.step,
      epoch,
      warmup,
      alphas: shortTable(architecture.alphas),
      probabilities: shortTable(probabilities),
      accuracyPull: shortTable(accuracyPull),
      latencyPull: shortTable(latencyPull),
      budgetPull: budgetPull && shortTable(budgetPull),
      locked: architecture.locked,
      banned: architecture.banned,
      expectedMs: expected.ms && short(expected.ms),
      lambda: short(lambda),
      budgets: this.budgetStates(expected, budgetLambdas),
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

  private takeArchitecture({ kind: type, step, epoch, multipliers, result }: Kind<'architecture'>): RunEvent {
    const { crossEntropy, loss, expected } = result;
    this.expected = expected;
    const pulls = result.pulls.map((pull, l) => {
      if (!pull) return null;
      for (const [k, i] of pull.indices.entries()) {
        this.shown.accuracyPull[l][i] -= pull.accuracy[k];
        this.shown.latencyPull[l][i] -= pull.latency[k];
        if (this.shown.budgetPull) this.shown.budgetPull[l][i] -= pull.budget[k];
      }
      return {
        indices: [...pull.indices],
        active: pull.active,
        accuracy: Array.from(pull.accuracy, short),
        latency: Array.from(pull.latency, short),
        budget: this.shown.budgetPull && Array.from(pull.budget, short),
      };
    });
    return {
      type,
      step,
      epoch,
      crossEntropy: short(crossEntropy),
      loss: short(loss),
      expectedMs: expected.ms && short(expected.ms),
      lambda: short(multipliers.lambda),
      budgets: this.budgetStates(expected, multipliers.budgetLambdas),
      pulls,
      probabilities: shortTable(this.supernet.probabilities()),
    };
  }

  private takeEpoch({ epoch, warmup, validation, expected, entropy, alphas }: Kind<'epoch'>): RunEvent {
    this.shown.validationAccuracy = validation.accuracy;
    // One right after it, too.
    this.keyframeAt = -1;
    const { latency } = this.limits;
    const whole = this.wholeChoices(validation.choices);
    const sizes = countNetwork(deriveNetwork(this.supernet.space, whole), this.supernet.space);
    return {
      type: 'epoch',
      epoch,
      warmup,
      accuracy: short(validation.accuracy),
      crossEntropy: short(validation.crossEntropy),
      choices: validation.choices,
      predictedMs: latency && short(latency.predictor.predict(whole)),
      ...sizes,
      energyMicrojoules: short(sizes.energyMicrojoules),
      expectedMs: expected.ms && short(expected.ms),
      entropy: short(entropy),
      alphas: shortTable(alphas),
    };
  }

  /** By budget that is set; undefined where none is. */
  private budgetStates({ budgets }: ExpectedCosts, lambdas: readonly number[]): BudgetStates | undefined {
    if (budgets.length === 0) return undefined;
    return Object.fromEntries(
      summedBudgets(this.limits.budgets).map(({ name }, k) => [
        name,
        { expected: short(budgets[k]), lambda: short(lambdas[k]) },
      ]),
    );
  }

  /** From choices by choice block to one per block of the space, 0 where there is no choice. */
  private wholeChoices(choices: readonly number[]): number[] {
    let next = 0;
    return this.supernet.blocks.map(({ architecture }) => (architecture ? choices[next++] : 0));
  }
}

type Kind<K extends SearchEvent['kind']> = Extract<SearchEvent, { kind: K }>;
