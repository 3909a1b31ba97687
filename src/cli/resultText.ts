import type { EngineResult } from '../protocol/messages.ts';
import { inspectionText } from './inspectionText.ts';

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
        `Latency: ${result.measuredMs.toFixed(3)} ms measured, ${result.predictedMs.toFixed(3)} ms predicted`,
        `Run: ${result.run}`,
      ].join('\n');
    case 'export':
      return `Wrote ${result.file}; its outputs differ from the trained network's by at most ${result.difference.toExponential(1)}.`;
    case 'eval':
      return `${(result.accuracy * 100).toFixed(2)} % of ${result.images} images right, cross-entropy ${result.crossEntropy.toFixed(4)}`;
  }
}
