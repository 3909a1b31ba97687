/** One network of this many goes on to the next round. */
const KEPT = 4;

/** How many networks are trained in a round, and for how long. */
export interface Round {
  networks: number;
  epochs: number;
}

/** The rounds of `bestByHalving`: a quarter of the networks for twice the epochs each time, until one is left. */
export function roundsOf(networks: number, epochs: number): Round[] {
  const rounds: Round[] = [];
  for (let left = networks; left > 1; left = Math.ceil(left / KEPT)) {
    rounds.push({ networks: left, epochs: epochs * 2 ** rounds.length });
  }
  return rounds;
}

/**
 * Successive halving (Jamieson and Talwalkar, arXiv 1502.07943): short trainings tell the bad networks from the good, longer
 * ones the good from the best, and those take their time only where it decides something.
 *
 * @param networks at least one
 * @param epochs of the first round
 * @param train losses of networks trained from scratch in one of the rounds
 * @returns the network of least loss in the last round
 */
export async function bestByHalving<Network>(
  networks: readonly Network[],
  epochs: number,
  train: (networks: readonly Network[], round: Round, index: number) => Promise<number[]>,
): Promise<Network> {
  let left = networks;
  for (const [index, round] of roundsOf(networks.length, epochs).entries()) {
    const losses = await train(left, round, index);
    const order = left.map((_, i) => i).sort((a, b) => losses[a] - losses[b]);
    left = order.slice(0, Math.ceil(left.length / KEPT)).map(i => left[i]);
  }
  return left[0];
}
