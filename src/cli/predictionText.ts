import type { Prediction } from '../protocol/zoo.ts';

/** What a network takes by a table, part by part; of a space its range; or what the table lacks. */
export function predictionText({ network, table, ms, space, parts, missing }: Prediction): string {
  if (missing.length > 0) {
    return [
      `${network} cannot be priced: ${table} lacks ${missing.length} of its operators at their shapes.`,
      ...missing.map(key => `  not in the table: ${key}`),
    ].join('\n');
  }
  const time = (value: number | null | undefined) => (value ?? 0).toFixed(3);
  if (space) {
    return (
      `${network}: ${time(space.fastestMs)} to ${time(space.slowestMs)} ms by ${table}, ` +
      `${time(space.expectedMs)} ms expected with every candidate equally probable`
    );
  }
  const width = Math.max(...parts.map(({ block }) => block.length));
  return [
    ...parts.map(part => `  ${part.block.padEnd(width)}  ${time(part.ms).padStart(8)} ms  ${part.key}`),
    `${network}: ${time(ms)} ms by ${table}`,
  ].join('\n');
}
