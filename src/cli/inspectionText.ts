import { costText, energyText, entriesOf } from '../protocol/budgetNames.ts';
import type { Inspection } from '../protocol/messages.ts';
import type { BlockView, Issue, Place, SpaceView } from '../protocol/spaceView.ts';

/** A search space for people: its sizes, a line for each block, and what stands against a search. */
export function inspectionText(inspection: Inspection): string {
  const { view, architectures, macs, params, peakActivationBytes, energyMicrojoules, warnings } = inspection;
  const names = view.blocks.map(({ name }) => name.length);
  const width = Math.max(...names);
  return [
    `${view.name}: ${BigInt(architectures).toLocaleString('en')} networks`,
    `MACs ${millions(macs.min)} to ${millions(macs.max)} million, parameters ${millions(params.min)} to ${millions(params.max)} million, ` +
      `maps at one time ${kibibytes(peakActivationBytes.min)} to ${kibibytes(peakActivationBytes.max)} KiB, ` +
      `energy of an inference ${energyText(energyMicrojoules.min)} to ${energyText(energyMicrojoules.max)} (estimated)`,
    ...latencyLine(inspection),
    ...budgetLine(view),
    '',
    ...view.blocks.map(block => blockLine(block, width)),
    ...(warnings.length > 0 ? ['', ...warnings.map(warningLine)] : []),
  ].join('\n');
}

const millions = (value: number) => (value / 1e6).toFixed(2);

const kibibytes = (bytes: number) => (bytes / 1024).toFixed(1);

/** A line, or none where no latency is asked for. */
function latencyLine({ view, latencyMs }: Inspection): string[] {
  const { targetMs, device, predictedBy } = view;
  if (targetMs === undefined) return [];
  const notKnown = predictedBy === undefined ? 'not profiled yet (proxyless profile FILE)' : 'not known';
  const range = latencyMs ? `${latencyMs.min.toFixed(3)} to ${latencyMs.max.toFixed(3)} ms` : notKnown;
  return [`Latency ${range}, target ${targetMs} ms (${device})`];
}

function budgetLine({ budget = {} }: SpaceView): string[] {
  const limits = entriesOf(budget).map(([name, most]) => costText(name, most));
  return limits.length > 0 ? [`At most ${limits.join(', ')}`] : [];
}

function blockLine({ name, input, output, candidates }: BlockView, width: number): string {
  return `${name.padEnd(width)}  ${input.join('x')} -> ${output.join('x')}  ${candidates.map(one => one.name).join(', ')}`;
}

function warningLine({ message, fix, place }: Issue): string {
  return [place && `${placeText(place)}:`, message, fix].filter(Boolean).join(' ');
}

function placeText({ file, line, column }: Place): string {
  return [file, line, column].filter(part => part !== undefined).join(':');
}
