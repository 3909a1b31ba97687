import { l10n } from 'vscode';
import type { SpaceView } from '../../protocol/spaceView.ts';
import { amount, energy, milliseconds, shape } from './figures.ts';
import type { Occurrences } from './spacePlaces.ts';

/** Columns at the end whose figures line up on the right. */
const FIGURES = 4;

/**
 * A table of what an operator costs in each place where it is a candidate, as Markdown. Blocks of equal shapes share a
 * row, since they were measured once. Names come from a person's file and are escaped.
 *
 * @param profileLink where to go when something was not measured
 */
export function latencyTable(found: Occurrences, view: SpaceView, profileLink: string): string {
  const severalNames = new Set(found.map(({ candidate }) => candidate.name)).size > 1;
  const heads = [
    ...(severalNames ? [l10n.t('operator')] : []),
    l10n.t('block'),
    l10n.t('from → to'),
    l10n.t('latency'),
    'MACs',
    l10n.t('parameters'),
    l10n.t('energy (estimated)'),
  ];
  const rows = Map.groupBy(found, ({ block, candidate }) =>
    JSON.stringify([candidate.name, block.input, block.output, candidate.latencyMs]),
  );
  const lines = [...rows.values()].map(occurrences => {
    const [{ block, candidate }] = occurrences;
    const { name, latencyMs, macs, params, energyMicrojoules } = candidate;
    const figures = [
      `${shape(block.input)} → ${shape(block.output)}`,
      latencyMs === null ? '–' : milliseconds(latencyMs),
      amount(macs),
      amount(params),
      energyMicrojoules === undefined ? '–' : energy(energyMicrojoules),
    ];
    return [
      ...(severalNames ? [unbroken(escaped(name))] : []),
      blockNames(occurrences.map(({ block }) => block.name)),
      ...figures.map(unbroken),
    ];
  });
  const title = severalNames ? l10n.t('Operators made here') : escaped(found[0].candidate.name);
  const missing = found.some(({ candidate }) => candidate.latencyMs === null);
  return [
    `**${title}**`,
    '',
    ...(view.targetMs === undefined ? [] : [noteOf(view, missing, profileLink), '']),
    `| ${heads.join(' | ')} |`,
    `|${heads.map((_, index) => (index < heads.length - FIGURES ? ':--' : '--:')).join('|')}|`,
    ...lines.map(cells => `| ${cells.join(' | ')} |`),
  ].join('\n');
}

/** Where the latencies are from. */
function noteOf(view: SpaceView, missing: boolean, profileLink: string): string {
  if (view.predictedBy !== undefined)
    return l10n.t('Predicted by the table of {0}, not measured.', escaped(view.predictedBy));
  return missing
    ? l10n.t('Not all of it was measured on {0} yet. [Profile]({1})', escaped(view.device), profileLink)
    : l10n.t('Measured on {0}.', escaped(view.device));
}

/** `stage1.block2–4, stage2.block1` */
function blockNames(names: readonly string[]): string {
  const runs: { stem: string; first: number; last: number }[] = [];
  const others: string[] = [];
  for (const name of names) {
    const [, stem, number] = /^(.*\D)(\d+)$/.exec(name) ?? [];
    const before = runs.at(-1);
    if (stem === undefined) others.push(escaped(name));
    else if (before?.stem === stem && before.last + 1 === Number(number)) before.last++;
    else runs.push({ stem, first: Number(number), last: Number(number) });
  }
  const ranges = runs.map(({ stem, first, last }) => `${escaped(stem)}${first}${last > first ? `–${last}` : ''}`);
  return [...others, ...ranges].join(', ');
}

function unbroken(text: string): string {
  return text.replaceAll(' ', '\u00a0');
}

function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~&$]/g, '\\$&').replace(/\s+/g, ' ');
}
