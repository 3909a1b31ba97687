import { formatSigned } from '../../state/format.ts';

/** Below this share of a block's greatest pull, a pull is said to be none. */
const SLIGHT = 0.05;

/**
 * Why a candidate rose or fell, in a sentence, from what accuracy and costs have pulled it by so far.
 *
 * @param costs what pulled against accuracy: `latency`, `the budget`, or `its cost` for both
 * @param greatest the greatest pull in the block, of either kind
 */
export function pullSentence(accuracy: number, cost: number, greatest: number, costs = 'latency'): string {
  if (greatest === 0) return 'Nothing has pulled at this block yet.';
  const sum = accuracy + cost;
  const parts = `Accuracy ${verb(accuracy, greatest)}, ${costs} ${verb(cost, greatest)}`;
  if (Math.abs(sum) < SLIGHT * greatest) return `${parts}; they cancel out.`;
  return `${parts}; together they ${sum > 0 ? 'raise' : 'lower'} it (${formatSigned(sum)}).`;
}

function verb(pull: number, greatest: number): string {
  if (Math.abs(pull) < SLIGHT * greatest) return 'hardly pulls at it';
  return `pulls it ${pull > 0 ? 'up' : 'down'} (${formatSigned(pull)})`;
}
