import { markdownTable } from '../../base/markdownTable.ts';
import { costText, energyText, entriesOf } from '../../protocol/budgetNames.ts';
import type { Metrics } from '../../protocol/metrics.ts';
import type { SearchSpace } from '../../space/searchSpace.ts';
import type { Contender } from './contest.ts';

/**
 * What a person reads at the end of a run, as Markdown; also printed on the terminal.
 *
 * @param device in words; empty where no latency is asked for
 */
export function writeSummary(
  space: SearchSpace,
  choices: readonly number[],
  metrics: Metrics,
  networks: readonly Contender[],
  device: string,
  notes: readonly string[],
): string {
  const { latencyMs, dominatedBy, budget = {} } = metrics;
  const columns = [
    { title: 'network', text: ({ name }: Contender) => name },
    { title: 'test accuracy', text: ({ testAccuracy }: Contender) => percent(testAccuracy) },
    ...(latencyMs ? [{ title: 'latency', text: latencyText }] : []),
    { title: 'MACs', text: ({ macs }: Contender) => `${(macs / 1e6).toFixed(2)} M` },
    { title: 'parameters', text: ({ params }: Contender) => `${(params / 1e3).toFixed(1)} k` },
    ...(budget.peakActivationBytes === undefined ? [] : [{ title: 'peak of maps', text: peakText }]),
    ...(budget.energyMicrojoules === undefined ? [] : [{ title: 'energy, estimated', text: estimateText }]),
    ...(metrics.measuredMicrojoules === undefined ? [] : [{ title: 'energy, measured', text: measuredText }]),
  ];
  const rows = networks.map(network => columns.map(({ text }) => text(network)));
  const blocks = space.blocks.map(({ name, candidates }, i) => [name, candidates[choices[i]].name]);
  const cheap = latencyMs ? 'fast' : 'small';
  const verdict =
    dominatedBy.length === 0
      ? `No baseline is both as accurate and as ${cheap}.`
      : `At least as accurate and as ${cheap}: ${dominatedBy.join(', ')}.`;
  return [
    `# ${space.name}: a network ${wanted(metrics)}`,
    '',
    `Test accuracy ${percent(metrics.testAccuracy)}${latencyMs ? `, ${latencySentence(latencyMs, device)}` : ''}. Seed ${metrics.seed}.`,
    ...paceLines(metrics),
    ...budgetLines(metrics),
    '',
    markdownTable(
      columns.map(({ title }) => title),
      rows,
    ),
    '',
    verdict,
    ...notes.flatMap(note => ['', note]),
    '',
    '## Architecture',
    '',
    markdownTable(['block', 'operator'], blocks),
    '',
    '## Time, memory and energy',
    '',
    `Profiling ${metrics.profileSeconds.toFixed(0)} s, search ${metrics.searchSeconds.toFixed(0)} s, training of the derived network ` +
      `${metrics.trainSeconds.toFixed(0)} s, peak memory ${metrics.peakRssMb.toFixed(0)} MB. The exported model's logits differ from the ` +
      `trained network's by at most ${metrics.exportDifference.toExponential(1)}.`,
    ...energyLine(metrics),
    '',
  ].join('\n');
}

/** `for 2 ms within 1.00 M MACs` */
function wanted({ latencyMs, budget = {} }: Metrics): string {
  const limits = entriesOf(budget).map(([name, most]) => costText(name, most));
  return [
    ...(latencyMs ? [`for ${latencyMs.target} ms`] : []),
    ...(limits.length > 0 ? [`within ${limits.join(' and ')}`] : []),
  ].join(' ');
}

function latencySentence({ target, predicted, measured }: NonNullable<Metrics['latencyMs']>, device: string): string {
  const off = ((measured ?? predicted) / target - 1) * 100;
  const share = `${off >= 0 ? '+' : ''}${off.toFixed(1)} % of the target`;
  if (measured === undefined) return `latency ${predicted.toFixed(3)} ms (${share}) as predicted by the ${device}`;
  return `latency ${measured.toFixed(4)} ms measured (${predicted.toFixed(4)} predicted, ${share}), on ${device}`;
}

/** How the figures come from what was read off, where the machine's pace changed by a per cent or more. */
function paceLines({ latencyMs }: Metrics): string[] {
  const { measured, pace = 1 } = latencyMs ?? {};
  const change = Math.abs(pace - 1) * 100;
  if (measured === undefined || change < 1) return [];
  return [
    '',
    `When the trained networks were measured, the machine was ${change.toFixed(1)} % ${pace < 1 ? 'faster' : 'slower'} than when the ` +
      'derived one was chosen, by networks that were measured both times. Latencies are at its pace of then; ' +
      `${(measured * pace).toFixed(4)} ms was read off.`,
  ];
}

/** What the derived network takes of each budget. */
function budgetLines(metrics: Metrics): string[] {
  const parts = entriesOf(metrics.budget ?? {}).map(
    ([name, most]) => `${costText(name, metrics[name] ?? 0)} of at most ${costText(name, most)}`,
  );
  return parts.length > 0 ? ['', `It takes ${parts.join(', ')}.`] : [];
}

/** What the run as a whole took. */
function energyLine({ energyJoules, energyEstimated }: Metrics): string[] {
  if (energyJoules === undefined) return [];
  const how = energyEstimated
    ? 'estimated from processor time'
    : 'measured by the counters of the processor, with all else that ran on it';
  return ['', `Energy of the run: ${energyText(1e6 * energyJoules)}, ${how}.`];
}

const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
/** A dash where a table of others has no entry for some operator: nothing is guessed. */
const latencyText = ({ latencyMs }: Contender) => (latencyMs === undefined ? '–' : `${latencyMs.toFixed(4)} ms`);
const estimateText = ({ energyMicrojoules = 0 }: Contender) => energyText(energyMicrojoules);
const measuredText = ({ measuredMicrojoules }: Contender) =>
  measuredMicrojoules === undefined ? '–' : energyText(measuredMicrojoules);
const peakText = ({ peakActivationBytes = 0 }: Contender) => `${(peakActivationBytes / 1024).toFixed(1)} KiB`;
