import type { Inspection } from '../protocol/messages.ts';
import type { BlockView, Issue, Place } from '../protocol/spaceView.ts';

/** A search space for people: its sizes, a line for each block, and what stands against a search. */
export function inspectionText(inspection: Inspection): string {
  const { view, architectures, macs, params, latencyMs, warnings } = inspection;
  const names = view.blocks.map(({ name }) => name.length);
  const width = Math.max(...names);
  return [
    `${view.name}: ${BigInt(architectures).toLocaleString('en')} networks`,
    `MACs ${millions(macs.min)} to ${millions(macs.max)} million, parameters ${millions(params.min)} to ${millions(params.max)} million`,
    latencyMs
      ? `Latency ${latencyMs.min.toFixed(3)} to ${latencyMs.max.toFixed(3)} ms, target ${view.targetMs} ms (${view.device})`
      : `Latency not profiled yet (proxyless profile FILE), target ${view.targetMs} ms (${view.device})`,
    '',
    ...view.blocks.map(block => blockLine(block, width)),
    ...(warnings.length > 0 ? ['', ...warnings.map(warningLine)] : []),
  ].join('\n');
}

const millions = (value: number) => (value / 1e6).toFixed(2);

function blockLine({ name, input, output, candidates }: BlockView, width: number): string {
  return `${name.padEnd(width)}  ${input.join('x')} -> ${output.join('x')}  ${candidates.map(one => one.name).join(', ')}`;
}

function warningLine({ message, fix, place }: Issue): string {
  return [place && `${placeText(place)}:`, message, fix].filter(Boolean).join(' ');
}

function placeText({ file, line, column }: Place): string {
  return [file, line, column].filter(part => part !== undefined).join(':');
}
