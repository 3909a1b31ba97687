import { formatSigned, roundsToZero } from '../../state/format.ts';
import { t } from '../../state/text.ts';

/** Below this share of a block's greatest pull, a pull is said to be none. */
const SLIGHT = 0.05;

/**
 * Why a candidate rose or fell, in a sentence, from what accuracy and latency have pulled it by so far.
 *
 * @param greatest the greatest pull in the block, of either kind
 */
export function pullSentence(accuracy: number, latency: number, greatest: number): string {
  if (roundsToZero(greatest)) return t('Nothing has pulled at this block yet.');
  const sum = accuracy + latency;
  const isSlight = (pull: number) => roundsToZero(pull) || Math.abs(pull) < SLIGHT * greatest;
  const sentences = [
    isSlight(accuracy)
      ? t('Accuracy hardly pulls at it.')
      : accuracy > 0
        ? t('Accuracy pulls it up ({0}).', formatSigned(accuracy))
        : t('Accuracy pulls it down ({0}).', formatSigned(accuracy)),
    isSlight(latency)
      ? t('Latency hardly pulls at it.')
      : latency > 0
        ? t('Latency pulls it up ({0}).', formatSigned(latency))
        : t('Latency pulls it down ({0}).', formatSigned(latency)),
  ];
  if (isSlight(accuracy) && isSlight(latency)) return sentences.join(' ');
  const total = isSlight(sum)
    ? t('Together they cancel out.')
    : sum > 0
      ? t('Together they raise it ({0}).', formatSigned(sum))
      : t('Together they lower it ({0}).', formatSigned(sum));
  return [...sentences, total].join(' ');
}
