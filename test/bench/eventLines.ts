import type { RunEvent } from '../../src/protocol/events.ts';

const names = [
  'mbconv 3x3 e3',
  'mbconv 3x3 e6',
  'mbconv 5x5 e3',
  'mbconv 5x5 e6',
  'mbconv 7x7 e3',
  'mbconv 7x7 e6',
  'zero',
];
const KEYFRAME_STEPS = 100;
const EPOCH_STEPS = 2000;

/** Lines of a log as a long search writes them: an architecture step for every second weight step, and keyframes. */
export function* eventLines(firstStep: number, blocks: number): Generator<string> {
  const short = (value: number) => Number(value.toPrecision(6));
  const table = (value: (block: number, i: number) => number) =>
    Array.from({ length: blocks }, (_, block) => names.map((_, i) => short(value(block, i))));
  const line = (step: number, event: RunEvent) => `${JSON.stringify({ at: short(step / 10), ...event })}\n`;
  if (firstStep === 0) {
    const all = Array.from({ length: blocks }, (_, i) => ({ name: `block${i + 1}`, candidates: names }));
    yield line(0, { type: 'start', space: 'bench', blocks: all, targetMs: 0.5, seed: 1, steps: 1_000_000, batch: 64 });
  }
  for (let step = firstStep; ; step++) {
    const epoch = Math.floor(step / EPOCH_STEPS);
    const [loss, accuracy] = [short(2.3 / (1 + step / 1e5) + 0.1 * Math.sin(step)), short(0.5 + 0.3 * Math.cos(step))];
    const path = Array.from({ length: blocks }, (_, block) => (step * 31 + block * 7) % names.length);
    yield line(step, { type: 'weights', step, epoch, warmup: false, loss, accuracy, rate: 0.05, path });
    const p = table((block, i) => (1 + Math.sin(step / 1e4 + block + i)) / names.length);
    const expectedMs = short(0.5 + 0.1 * Math.sin(step / 1e4));
    if (step % 2 === 0) {
      const pull = {
        indices: [1, 4],
        active: 1,
        accuracy: [0.0123456, -0.0123456],
        latency: [-0.00123456, 0.00123456],
      };
      const pulls = path.map(() => pull);
      const figures = { crossEntropy: loss, loss, expectedMs, lambda: 0.319 };
      yield line(step, { type: 'architecture', step, epoch, ...figures, pulls, probabilities: p });
    }
    if ((step + 1) % KEYFRAME_STEPS === 0) {
      const tables = { alphas: p, probabilities: p, accuracyPull: p, latencyPull: p };
      const restrictions = { locked: path.map(() => null), banned: path.map(() => []) };
      const figures = { expectedMs, lambda: 0.319, entropy: 1.16, trainAccuracy: accuracy, validationAccuracy: 0.88 };
      yield line(step, {
        type: 'keyframe',
        step: step + 1,
        epoch,
        warmup: false,
        ...tables,
        ...restrictions,
        ...figures,
      });
    }
  }
}
