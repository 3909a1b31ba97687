import { compareDevices, type PricedDevice } from '../../src/engine/across/compareDevices.ts';
import { LatencyPredictor } from '../../src/latency/predictor.ts';
import type { DeviceComparison, RunView } from '../../src/protocol/viewer.ts';
import type { Device } from '../../src/space/devices.ts';
import { definedSpace, type SampleOptions } from './sampleRun.ts';

/** How much a device minds an operator more than the processor of the run, by its kernel: integers dislike large ones. */
const devices: { device: Device; description: string; factor(kernel: number): number }[] = [
  {
    device: { target: 'cpu', precision: 'fp32' },
    description: 'AMD EPYC, 1 thread, batch 1, onnxruntime-node 1.30.0',
    factor: () => 1,
  },
  {
    device: { target: 'cpu', precision: 'int8' },
    description: 'AMD EPYC, 1 thread, batch 1, onnxruntime-node 1.30.0, int8',
    factor: kernel => 0.5 + 0.022 * kernel ** 2,
  },
  {
    device: { target: 'browser', precision: 'fp32' },
    description: 'AMD EPYC, 1 thread, batch 1, onnxruntime-web 1.30.0 in Chromium 156',
    factor: kernel => 3.2 - 0.2 * kernel,
  },
];

/** Three devices by the probabilities of a run; another one was not there. */
export function sampleComparison(options: SampleOptions, { space, live }: RunView): DeviceComparison {
  const priced = devices.map(({ device, description, factor }): PricedDevice => {
    const costs = space.blocks.map(({ candidates }) =>
      candidates.map(({ name, latencyMs }) => (latencyMs ?? 0) * factor(Number(/(\d)x/.exec(name)?.[1] ?? 3))),
    );
    return { device, description, predictor: new LatencyPredictor(costs, (space.fixedMs ?? 0) * factor(3)) };
  });
  const alphas = live.probabilities.map(row => row.map(Math.log));
  const [own, ...others] = priced;
  const compared = compareDevices(definedSpace(options), own, others, { targetMs: options.targetMs, alphas });
  const reason = 'webgpu cannot be used on this machine (no adapter): install what drives it, or use another device';
  return { ...compared, absent: [{ name: 'webgpu', reason }] };
}
