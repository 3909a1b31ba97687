import { markdownTable } from '../base/markdownTable.ts';
import type { DeviceComparison } from '../protocol/deviceComparison.ts';
import { relativeCosts } from '../protocol/relativeCosts.ts';

const MOST_DISAGREEMENTS = 10;

/** How devices compare, as a person reads it: targets, what is chosen for each, and what they are not of one mind about. */
export function acrossText(compared: DeviceComparison & { saved: string | null }): string {
  const { devices, absent, saved } = compared;
  const rows = devices.map(({ name, targetMs, fastestMs, slowestMs, description }) => [
    name,
    targetMs === null ? '' : milliseconds(targetMs),
    milliseconds(fastestMs),
    milliseconds(slowestMs),
    description,
  ]);
  return [
    markdownTable(['device', 'target', 'fastest network', 'slowest', 'what it is'], rows),
    '',
    targetText(compared),
    agreementText(compared),
    ...chosenText(compared),
    ...disagreementText(compared),
    ...(absent.length > 0 ? ['', ...absent.map(({ name, reason }) => `Left out: ${name}, because ${reason}`)] : []),
    ...(saved === null ? [] : ['', `Saved: ${saved}`]),
  ].join('\n');
}

function targetText({ devices: [own], networks, feasibleShare }: DeviceComparison): string {
  if (feasibleShare === null)
    return "The space's own device could not be measured: what its target is worth on the others is not known.";
  return `${percent(feasibleShare)} of ${networks.toLocaleString('en')} random networks are within the target on ${own.name}; elsewhere the target is the latency that as many are within.`;
}

function agreementText({ devices, agreement, networks }: DeviceComparison): string {
  const pairs = agreement.map(
    ({ devices: [a, b], kendallTau }) => `${devices[a].name} and ${devices[b].name} ${kendallTau.toFixed(3)}`,
  );
  return `Agreement on the order of the ${networks.toLocaleString('en')} (Kendall tau): ${pairs.join('; ')}.`;
}

/** What each would have, what that takes on the others, and the blocks that differ; nothing where nothing is chosen. */
function chosenText({ devices, chosen, blocks }: DeviceComparison): string[] {
  if (chosen.length === 0) return [];
  const names = devices.map(({ name }) => name);
  const rows = chosen.map((one, d) => [
    names[d],
    ...devices.map(({ targetMs }, e) => {
      if (!one) return 'none';
      const over = targetMs !== null && one.latencyMs[e] > targetMs;
      return `${milliseconds(one.latencyMs[e])}${over ? ' (over)' : ''}`;
    }),
  ]);
  const operators = blocks.map(({ name, candidates }, l) => [
    name,
    ...chosen.map(one => (one ? candidates[one.choices[l]] : 'none')),
  ]);
  const differing = operators.filter(([, ...own]) => new Set(own).size > 1);
  return [
    '',
    "The most probable network within each device's target, and what it takes on every device (over: above the target there):",
    '',
    markdownTable(['network for', ...names.map(name => `on ${name}`)], rows),
    '',
    ...(differing.length > 0
      ? [markdownTable(['block', ...names], differing), '']
      : ['All of them are the same network.', '']),
    `${blocks.length - differing.length} of ${blocks.length} blocks are alike.`,
  ];
}

function disagreementText({ devices, blocks, disagreements }: DeviceComparison): string[] {
  if (disagreements.length === 0) return [];
  const rows = disagreements
    .slice(0, MOST_DISAGREEMENTS)
    .map(({ block, candidate, ratio }) => [
      blocks[block].name,
      blocks[block].candidates[candidate],
      ...devices.map(({ costsMs }) => relativeCosts(costsMs[block])[candidate].toFixed(2)),
      `${ratio.toFixed(2)}x`,
    ]);
  return [
    '',
    "Where they disagree most: costs relative to the mean of the block's candidates, and the ratio of the two that are farthest apart:",
    '',
    markdownTable(['block', 'candidate', ...devices.map(({ name }) => name), 'ratio'], rows),
  ];
}

function milliseconds(ms: number): string {
  return `${ms.toPrecision(3)} ms`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
