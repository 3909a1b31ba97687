import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunEvent } from '../../../../src/protocol/events.ts';

/** Two choice blocks of three and two candidates. */
export const blocks = [
  { name: 'stage1.block1', candidates: ['mbconv 3x3 e3', 'mbconv 5x5 e6', 'zero'] },
  { name: 'stage2.block1', candidates: ['mbconv 3x3 e3', 'mbconv 7x7 e6'] },
];

export const start: RunEvent = { type: 'start', space: 'tiny', blocks, targetMs: 0.5, seed: 3, steps: 1000, batch: 8 };

export function weights(step: number): RunEvent {
  const loss = 2 / (1 + step / 100);
  return { type: 'weights', step, epoch: 0, warmup: false, loss, accuracy: 0.5, rate: 0.1, path: [step % 3, step % 2] };
}

/** An architecture step that pulls the first block's first two candidates and moves probability to the second. */
export function architecture(step: number, steps: number): RunEvent {
  const p = 0.4 * (step / steps);
  return {
    type: 'architecture',
    step,
    epoch: 0,
    crossEntropy: 1,
    loss: 1,
    expectedMs: 1 - p,
    lambda: 0.1,
    pulls: [{ indices: [0, 1], active: 0, accuracy: [0.5, -0.5], latency: [-0.25, 0.25] }, null],
    probabilities: [
      [0.4 - p, 0.3 + p, 0.3],
      [0.5, 0.5],
    ],
  };
}

export function keyframe(step: number, sums: number): RunEvent {
  return {
    type: 'keyframe',
    step,
    epoch: 0,
    warmup: false,
    alphas: [
      [0, 0, 0],
      [0, 0],
    ],
    probabilities: [
      [0.2, 0.5, 0.3],
      [0.5, 0.5],
    ],
    accuracyPull: [
      [-0.5 * sums, 0.5 * sums, 0],
      [0, 0],
    ],
    latencyPull: [
      [0.25 * sums, -0.25 * sums, 0],
      [0, 0],
    ],
    locked: [null, 1],
    banned: [[2], []],
    expectedMs: 0.7,
    lambda: 0.1,
    entropy: 0.9,
    trainAccuracy: 0.5,
    validationAccuracy: 0.6,
    energy: { joules: 3 * step, estimated: true },
  };
}

/** The events of a search: an architecture step after every weight step, a keyframe after every hundredth. */
export function searchEvents(steps: number): RunEvent[] {
  const events: RunEvent[] = [start, { type: 'stage', stage: 'search' }];
  for (let step = 0; step < steps; step++) {
    events.push(weights(step), architecture(step, steps));
    if ((step + 1) % 100 === 0) events.push(keyframe(step + 1, step + 1));
  }
  return events;
}

export function logText(events: readonly RunEvent[]): string {
  return events.map((event, i) => `${JSON.stringify({ at: i / 10, ...event })}\n`).join('');
}

/** A log file in a folder of its own. */
export function writeLog(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'proxyless-log-')), 'events.jsonl');
  writeFileSync(file, text);
  return file;
}
