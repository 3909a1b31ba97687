import { costText, entriesOf } from '../protocol/budgetNames.ts';
import type { EngineResult } from '../protocol/messages.ts';
import { acrossText } from './acrossText.ts';
import { devicesText } from './devicesText.ts';
import { exportText } from './exportText.ts';
import { inspectionText } from './inspectionText.ts';
import { predictionText } from './predictionText.ts';
import { zooText } from './zooText.ts';

/** What a person reads at the end of a command. */
export function resultText(result: EngineResult): string {
  switch (result.command) {
    case 'search':
    case 'resume':
    case 'train':
      return result.summary;
    case 'inspect':
      return inspectionText(result);
    case 'profile':
      return [
        ...result.summary,
        `Table: ${result.table}${result.reused ? ' (measured before; --again measures anew)' : ''}`,
      ].join('\n');
    case 'derive':
      return [
        `Chosen: ${result.names.join(', ')}`,
        ...derivedLatency(result),
        `Size: ${entriesOf(result)
          .map(([name, value]) => costText(name, value))
          .join(', ')}`,
        `Run: ${result.run}`,
      ].join('\n');
    case 'export':
      return exportText(result);
    case 'devices':
      return devicesText(result.devices);
    case 'across':
      return acrossText(result);
    case 'eval':
      return `${(result.accuracy * 100).toFixed(2)} % of ${result.images} images right, cross-entropy ${result.crossEntropy.toFixed(4)}`;
    case 'zoo':
      return zooText(result);
    case 'predict':
      return predictionText(result);
  }
}

/** A line, or none where no latency is asked for. */
function derivedLatency({ measuredMs, predictedMs }: Extract<EngineResult, { command: 'derive' }>): string[] {
  if (predictedMs === undefined) return [];
  const measured = measuredMs === undefined ? 'not measured' : `${measuredMs.toFixed(3)} ms measured`;
  return [`Latency: ${measured}, ${predictedMs.toFixed(3)} ms predicted`];
}
