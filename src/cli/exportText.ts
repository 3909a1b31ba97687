import { markdownTable } from '../base/markdownTable.ts';
import type { EngineResult } from '../protocol/messages.ts';

/** Where the model was written, and in 8 bits what that brings and costs. */
export function exportText({ file, difference, quantised }: Extract<EngineResult, { command: 'export' }>): string {
  if (!quantised)
    return `Wrote ${file}; its outputs differ from the trained network's by at most ${difference.toExponential(1)}.`;
  const { testAccuracy, latencyMs, bytes, calibrationImages, device } = quantised;
  const row = (precision: 'fp32' | 'int8') => [
    precision,
    `${(100 * testAccuracy[precision]).toFixed(2)} %`,
    `${latencyMs[precision].toFixed(4)} ms`,
    `${(bytes[precision] / 1024).toFixed(0)} kB`,
  ];
  return [
    `Wrote ${file}.`,
    '',
    markdownTable(['precision', 'test accuracy', 'latency', 'file'], [row('fp32'), row('int8')]),
    '',
    `Ranges are of ${calibrationImages} training images; latencies on ${device}.`,
  ].join('\n');
}
