import type { Cost } from '../space/cost.ts';

/** A cost that adds up, as the search differentiates it: by choice block, with what no choice changes apart. */
export interface ChoiceCosts {
  fixed: number;
  /** By choice block, then candidate. */
  choices: readonly (readonly number[])[];
}

/** @param cost one that adds up; its fixed blocks are part of what every network costs */
export function choiceCosts({ constant, values }: Cost): ChoiceCosts {
  return {
    fixed: values.reduce((sum, block) => (block.length === 1 ? sum + block[0] : sum), constant),
    choices: values.filter(block => block.length > 1),
  };
}

/**
 * `E = fixed + sum_l sum_i p_li c_li` (ProxylessNAS, eq. 9). Its derivative by p_li is `choices[l][i]`.
 *
 * @param probabilities by choice block, each row summing to 1
 */
export function expectedCost({ fixed, choices }: ChoiceCosts, probabilities: readonly ArrayLike<number>[]): number {
  return choices.reduce(
    (sum, costs, l) => sum + costs.reduce((part, cost, i) => part + cost * probabilities[l][i], 0),
    fixed,
  );
}
