import { formatSigned, roundsToZero } from '../../state/format.ts';
import { t } from '../../state/text.ts';

/** What pulls against accuracy in a search, by what it was asked for. */
export type Cost = 'latency' | 'budget' | 'both';

/** Below this share of a block's greatest pull, a pull is said to be none. */
const SLIGHT = 0.05;

/** As the keys of a chart have it. */
export const pullNames: Readonly<Record<'accuracy' | Cost, string>> = {
  accuracy: t('accuracy'),
  latency: t('latency'),
  budget: t('budget'),
  both: t('latency and budget'),
};

interface Sentences {
  slight: string;
  up: (pull: string) => string;
  down: (pull: string) => string;
}

const sentences: Readonly<Record<'accuracy' | Cost, Sentences>> = {
  accuracy: {
    slight: t('Accuracy hardly pulls at it.'),
    up: pull => t('Accuracy pulls it up ({0}).', pull),
    down: pull => t('Accuracy pulls it down ({0}).', pull),
  },
  latency: {
    slight: t('Latency hardly pulls at it.'),
    up: pull => t('Latency pulls it up ({0}).', pull),
    down: pull => t('Latency pulls it down ({0}).', pull),
  },
  budget: {
    slight: t('The budget hardly pulls at it.'),
    up: pull => t('The budget pulls it up ({0}).', pull),
    down: pull => t('The budget pulls it down ({0}).', pull),
  },
  both: {
    slight: t('Latency and budget hardly pull at it.'),
    up: pull => t('Latency and budget pull it up ({0}).', pull),
    down: pull => t('Latency and budget pull it down ({0}).', pull),
  },
};

/**
 * Why a candidate rose or fell, in sentences, from what accuracy and costs have pulled it by so far.
 *
 * @param cost by all costs together
 * @param greatest the greatest pull in the block, of either kind
 */
export function pullSentence(accuracy: number, cost: number, greatest: number, costs: Cost = 'latency'): string {
  if (roundsToZero(greatest)) return t('Nothing has pulled at this block yet.');
  const sum = accuracy + cost;
  const isSlight = (pull: number) => roundsToZero(pull) || Math.abs(pull) < SLIGHT * greatest;
  const say = ({ slight, up, down }: Sentences, pull: number) =>
    isSlight(pull) ? slight : (pull > 0 ? up : down)(formatSigned(pull));
  const parts = [say(sentences.accuracy, accuracy), say(sentences[costs], cost)];
  if (isSlight(accuracy) && isSlight(cost)) return parts.join(' ');
  const total = isSlight(sum)
    ? t('Together they cancel out.')
    : sum > 0
      ? t('Together they raise it ({0}).', formatSigned(sum))
      : t('Together they lower it ({0}).', formatSigned(sum));
  return [...parts, total].join(' ');
}
