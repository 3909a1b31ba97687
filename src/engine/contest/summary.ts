import { markdownTable } from '../../base/markdownTable.ts';
import type { Metrics } from '../../protocol/metrics.ts';
import type { SearchSpace } from '../../space/searchSpace.ts';
import type { Contender } from './contest.ts';

/** What a person reads at the end of a run, as Markdown; also printed on the terminal. */
export function writeSummary(
  space: SearchSpace,
  choices: readonly number[],
  metrics: Metrics,
  networks: readonly Contender[],
  device: string,
  notes: readonly string[],
): string {
  const { target, predicted, measured } = metrics.latencyMs;
  const offTarget = (measured / target - 1) * 100;
  const rows = networks.map(({ name, testAccuracy, latencyMs, macs, params }) => [
    name,
    `${(testAccuracy * 100).toFixed(2)} %`,
    `${latencyMs.toFixed(4)} ms`,
    `${(macs / 1e6).toFixed(2)} M`,
    `${(params / 1e3).toFixed(1)} k`,
  ]);
  const blocks = space.blocks.map(({ name, candidates }, i) => [name, candidates[choices[i]].name]);
  const verdict =
    metrics.dominatedBy.length === 0
      ? 'No baseline is both as accurate and as fast.'
      : `At least as accurate and as fast: ${metrics.dominatedBy.join(', ')}.`;
  return [
    `# ${space.name}: a network for ${target} ms`,
    '',
    `Test accuracy ${(metrics.testAccuracy * 100).toFixed(2)} %, latency ${measured.toFixed(4)} ms measured (${predicted.toFixed(4)} predicted, ` +
      `${offTarget >= 0 ? '+' : ''}${offTarget.toFixed(1)} % of the target), on ${device}. Seed ${metrics.seed}.`,
    '',
    markdownTable(['network', 'test accuracy', 'latency', 'MACs', 'parameters'], rows),
    '',
    verdict,
    ...notes.flatMap(note => ['', note]),
    '',
    '## Architecture',
    '',
    markdownTable(['block', 'operator'], blocks),
    '',
    '## Time and memory',
    '',
    `Profiling ${metrics.profileSeconds.toFixed(0)} s, search ${metrics.searchSeconds.toFixed(0)} s, training of the derived network ` +
      `${metrics.trainSeconds.toFixed(0)} s, peak memory ${metrics.peakRssMb.toFixed(0)} MB. The exported model's logits differ from the ` +
      `trained network's by at most ${metrics.exportDifference.toExponential(1)}.`,
    '',
  ].join('\n');
}
