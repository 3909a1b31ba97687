import { formatSigned } from '../../state/format.ts';

/** Below this share of a block's greatest pull, a pull is said to be none. */
const SLIGHT = 0.05;

/**
 * Why a candidate rose or fell, in a sentence, from what accuracy and latency have pulled it by so far.
 *
 * @param greatest the greatest pull in the block, of either kind
 */
export function pullSentence(accuracy: number, latency: number, greatest: number): string {
  if (greatest === 0) return 'Nothing has pulled at this block yet.';
  const sum = accuracy + latency;
  const parts = `Accuracy ${verb(accuracy, greatest)}, latency ${verb(latency, greatest)}`;
  if (Math.abs(sum) < SLIGHT * greatest) return `${parts}; they cancel out.`;
  return `${parts}; together they ${sum > 0 ? 'raise' : 'lower'} it (${formatSigned(sum)}).`;
}

function verb(pull: number, greatest: number): string {
  if (Math.abs(pull) < SLIGHT * greatest) return 'hardly pulls at it';
  return `pulls it ${pull > 0 ? 'up' : 'down'} (${formatSigned(pull)})`;
}
