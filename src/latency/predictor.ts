import type { Cost } from '../space/cost.ts';
import type { SpaceOperators } from './operators.ts';
import { type LatencyTable, operatorCost } from './table.ts';

/** Latency of the networks of one search space, from a table: a constant and one cost per block and candidate, all in ms. */
export class LatencyPredictor {
  /**
   * @param costsMs `[block][candidate]`, fixed blocks included with their one candidate
   * @param constantMs what every network costs besides
   */
  constructor(
    readonly costsMs: readonly (readonly number[])[],
    readonly constantMs: number,
  ) {}

  /** @throws UserError "not profiled" when the table lacks an operator of the space */
  static fromTable(table: LatencyTable, operators: SpaceOperators): LatencyPredictor {
    const costs = operators.keys.map(block => block.map(key => (key === undefined ? 0 : operatorCost(table, key))));
    return new LatencyPredictor(costs, table.constantMs);
  }

  /** In ms. */
  get cost(): Cost {
    return { combine: 'sum', constant: this.constantMs, values: this.costsMs };
  }

  /** Predicted latency in ms of one network. @param choices candidate index per block */
  predict(choices: ArrayLike<number>): number {
    return this.costsMs.reduce((sum, block, index) => sum + block[choices[index]], this.constantMs);
  }

  /**
   * Expected latency in ms, `E = constant + sum_l sum_i p_li F_li` (Cai et al., ProxylessNAS, eq. 9). Its derivative by p_li is
   * `costsMs[l][i]`.
   * @param probabilities `[block][candidate]`, each row summing to 1
   */
  expectation(probabilities: readonly ArrayLike<number>[]): number {
    let sum = this.constantMs;
    for (let l = 0; l < this.costsMs.length; l++) {
      for (let i = 0; i < this.costsMs[l].length; i++) sum += probabilities[l][i] * this.costsMs[l][i];
    }
    return sum;
  }
}
