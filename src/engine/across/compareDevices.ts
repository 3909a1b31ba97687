import { bestChoices } from '../../latency/choose.ts';
import { disagreements, equivalentTarget, feasibleShare, randomLatencies } from '../../latency/comparison.ts';
import type { LatencyPredictor } from '../../latency/predictor.ts';
import { kendallTau } from '../../latency/validate.ts';
import type { DeviceComparison } from '../../protocol/deviceComparison.ts';
import { budgetsOf } from '../../space/budgets.ts';
import { costRange } from '../../space/cost.ts';
import { shortDevice } from '../../space/deviceNames.ts';
import type { Device } from '../../space/devices.ts';
import type { SearchSpace } from '../../space/searchSpace.ts';
import { allLimits } from '../search/limits.ts';
import { logProbabilities } from '../search/proposals.ts';

/** A device, and what the networks of the space take there. */
export interface PricedDevice {
  device: Device;
  /** What it is, in words. */
  description: string;
  predictor: LatencyPredictor;
}

/** The standard error of a share of one per cent is a tenth of it. */
const RANDOM_NETWORKS = 10_000;

export interface ComparisonOptions {
  /** Of the goal, on its own device. */
  targetMs: number;
  /** Architecture parameters by choice block; undefined where there was no search, and nothing is chosen. */
  alphas?: readonly (readonly number[])[];
  seed?: number;
}

/**
 * One space on several devices: what each makes of its networks, and which it would have.
 *
 * @param own the device of the goal; undefined where it could not be measured
 */
export function compareDevices(
  space: SearchSpace,
  own: PricedDevice | undefined,
  others: readonly PricedDevice[],
  { targetMs, alphas, seed = 1 }: ComparisonOptions,
): Omit<DeviceComparison, 'absent'> {
  const devices = own ? [own, ...others] : others;
  const random = randomLatencies(
    devices.map(({ predictor }) => predictor),
    RANDOM_NETWORKS,
    seed,
  );
  const latencies = devices.map(({ predictor }, d) => {
    const { min, max } = costRange(predictor.cost);
    return { fastest: min, slowest: max, random: random[d] };
  });
  const targets = latencies.map((one, d) => {
    if (!own) return null;
    return d === 0 ? targetMs : equivalentTarget(targetMs, latencies[0], one);
  });
  return {
    networks: RANDOM_NETWORKS,
    feasibleShare: own ? feasibleShare(targetMs, latencies[0]) : null,
    blocks: space.blocks.map(({ name, candidates }) => ({ name, candidates: candidates.map(({ name }) => name) })),
    devices: devices.map(({ device, description, predictor }, d) => ({
      name: shortDevice(device),
      description,
      fastestMs: latencies[d].fastest,
      slowestMs: latencies[d].slowest,
      targetMs: targets[d],
      costsMs: predictor.costsMs.map(block => [...block]),
    })),
    agreement: pairs(devices.length).map(([a, b]) => ({
      devices: [a, b],
      kendallTau: kendallTau(random[a], random[b]),
    })),
    disagreements: disagreements(devices.map(({ predictor }) => predictor.costsMs)),
    chosen: alphas ? devices.map((one, d) => choose(space, alphas, one, targets[d], devices)) : [],
  };
}

/** The space as it would be searched for another device. */
export function forDevice(space: SearchSpace, device: Device): SearchSpace {
  const { latency } = space.objective;
  return { ...space, objective: { ...space.objective, latency: latency && { ...latency, device } } };
}

/** The most probable network within a device's target and the space's budgets, and what it takes on all devices. */
function choose(
  space: SearchSpace,
  alphas: readonly (readonly number[])[],
  { device, predictor }: PricedDevice,
  targetMs: number | null,
  devices: readonly PricedDevice[],
): DeviceComparison['chosen'][number] {
  if (targetMs === null) return null;
  const limits = allLimits({ latency: { predictor, targetMs }, budgets: budgetsOf(forDevice(space, device)) });
  const [best] = bestChoices(logProbabilities(space, alphas), limits);
  if (!best) return null;
  return { choices: best.choices, latencyMs: devices.map(one => one.predictor.predict(best.choices)) };
}

function pairs(count: number): [number, number][] {
  const numbers = Array.from({ length: count }, (_, i) => i);
  return numbers.flatMap(a => numbers.slice(a + 1).map((b): [number, number] => [a, b]));
}
