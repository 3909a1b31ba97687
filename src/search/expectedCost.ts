import type { Cost } from '../space/cost.ts';

/** A cost of the networks of a space as the search differentiates it: by choice block, with what no choice changes apart. */
export interface ChoiceCosts extends Pick<Cost, 'combine'> {
  fixed: number;
  /** By choice block, then candidate. */
  choices: readonly (readonly number[])[];
}

/** The fixed blocks are part of what every network costs. */
export function choiceCosts({ combine, constant, values }: Cost): ChoiceCosts {
  const fixed = values.filter(block => block.length === 1).map(([value]) => value);
  return {
    combine,
    fixed: combine === 'sum' ? fixed.reduce((sum, value) => sum + value, constant) : Math.max(constant, ...fixed),
    choices: values.filter(block => block.length > 1),
  };
}

/**
 * Mean over all networks by their probabilities, exactly. Of a sum, `E = fixed + sum_l sum_i p_li c_li` (ProxylessNAS, eq. 9).
 * Of a maximum over blocks that are drawn independently, `P(max <= t) = prod_l P(c_l <= t)`, and the mean is
 * `E = sum_k t_k (P(max <= t_k) - P(max <= t_k-1))` over the values t_k that occur.
 *
 * @param probabilities by choice block, each row summing to 1
 */
export function expectedCost(
  { combine, fixed, choices }: ChoiceCosts,
  probabilities: readonly ArrayLike<number>[],
): number {
  if (combine === 'sum') {
    return choices.reduce(
      (sum, costs, l) => sum + costs.reduce((part, cost, i) => part + cost * probabilities[l][i], 0),
      fixed,
    );
  }
  const levels = [...new Set([fixed, ...choices.flat()])].filter(level => level >= fixed).sort((a, b) => a - b);
  let before = 0;
  return levels.reduce((mean, level) => {
    const within = choices.reduce((product, costs, l) => product * shareWithin(costs, probabilities[l], level), 1);
    const weighted = level * (within - before);
    before = within;
    return mean + weighted;
  }, 0);
}

/**
 * Derivatives of the expected cost by the probabilities, but for one constant in each block, which the architecture
 * parameters do not feel. The expectation is linear in each block's probabilities, so the derivative by p_li is what is
 * expected once block l has taken candidate i.
 */
export function costGradients(
  costs: ChoiceCosts,
  probabilities: readonly Float64Array[],
): readonly ArrayLike<number>[] {
  if (costs.combine === 'sum') return costs.choices;
  return probabilities.map((block, l) => {
    const taking = (candidate: number) =>
      probabilities.with(
        l,
        block.map((_, i) => Number(i === candidate)),
      );
    return block.map((_, i) => expectedCost(costs, taking(i)));
  });
}

/** Probability that a block's candidate costs no more. */
function shareWithin(costs: readonly number[], probabilities: ArrayLike<number>, most: number): number {
  return costs.reduce((sum, cost, i) => (cost <= most ? sum + probabilities[i] : sum), 0);
}
