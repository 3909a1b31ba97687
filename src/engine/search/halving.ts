/** One network of this many goes on to the second round. */
const KEPT = 4;

/** How many networks are trained in a round, and for how long. */
export interface Round {
  networks: number;
  epochs: number;
}

/** The rounds of `bestByHalving`: all for a few epochs, then the best quarter for as many as a network is trained in the end. */
export function roundsOf(networks: number, epochs: number, fullEpochs: number): Round[] {
  if (networks <= 1) return [];
  const rounds = [
    { networks, epochs },
    { networks: Math.ceil(networks / KEPT), epochs: fullEpochs },
  ];
  return rounds.filter((round, i) => i === 0 || (round.networks > 1 && round.epochs > epochs));
}

/**
 * Successive halving (Jamieson and Talwalkar, arXiv 1502.07943) in two rounds. A short training tells the bad networks from
 * the good, but prefers those that learn fast to those that end up better; among the good a full training decides.
 *
 * @param networks at least one
 * @param rounds those of `roundsOf`
 * @param train losses of networks trained from scratch in one of the rounds
 * @returns the network of least loss in the last round
 */
export async function bestByHalving<Network>(
  networks: readonly Network[],
  rounds: readonly Round[],
  train: (networks: readonly Network[], round: Round, index: number) => Promise<number[]>,
): Promise<Network> {
  let left = networks;
  for (const [index, round] of rounds.entries()) {
    const losses = await train(left, round, index);
    const order = left.map((_, i) => i).sort((a, b) => losses[a] - losses[b]);
    left = order.slice(0, rounds[index + 1]?.networks ?? 1).map(i => left[i]);
  }
  return left[0];
}
