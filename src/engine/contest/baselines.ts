import { Random } from '../../base/random.ts';
import type { Measure } from '../../latency/measure.ts';
import { deriveNetwork, macs } from '../../space/analysis.ts';
import { keeps, type Limit } from '../../space/cost.ts';
import type { MeasuredDevice } from '../../space/devices.ts';
import type { LayerGraph } from '../../space/layerGraph.ts';
import { mbconv } from '../../space/operators.ts';
import type { Block, LatencyGoal, SearchSpace } from '../../space/searchSpace.ts';
import { finish, GraphBuilder, MapTensor } from '../../space/trace.ts';
import { modelsFor } from '../search/profiling.ts';
import { paceSince, type Reference, referenceModels } from '../search/references.ts';
import { scaleWidths } from './scaleWidths.ts';

/** A network that the derived one is compared with: trained and measured alike. */
export interface Baseline {
  name: string;
  layers: LayerGraph;
}

/** A latency to come near on a device that can be measured. */
export type MeasuredGoal = LatencyGoal & { device: MeasuredDevice };

const SCALED_VARIANTS = 16;
const MEASURING_SECONDS = 6;
/** Channels by which widths are varied: fine enough to meet a latency, whole vectors for most kernels. */
const WIDTH_STEP = 4;

/** A MobileNetV2-style network (Sandler et al. 2018) of the space's widths: every block 3x3, expansion 6, all of the depth. */
export function mobileNetV2Style(space: SearchSpace): Baseline {
  const blocks = space.blocks.map(block => (block.candidates.length === 1 ? block : invertedBottleneck(block)));
  return {
    name: 'MobileNetV2 style',
    layers: deriveNetwork(
      { ...space, blocks },
      blocks.map(() => 0),
    ),
  };
}

function invertedBottleneck(block: Block): Block {
  const stride = Math.round(block.input[1] / block.output[1]);
  const operator = mbconv({ kernel: 3, expand: 6 });
  const builder = new GraphBuilder(block.input, undefined, undefined);
  const input = new MapTensor(builder, -1, block.input);
  const layers = finish(operator.build({ input, out: block.output[0], stride }));
  const residual = stride === 1 && block.input[0] === block.output[0];
  return { ...block, residual, candidates: [{ name: operator.name, layers, zero: false }] };
}

export interface ScalingOptions {
  /** To come near, at the machine's pace of when the references were measured. */
  latencyMs: number;
  references: readonly Reference[];
  measure: Measure;
  onProgress(fraction: number): void;
}

/** The same network scaled in width such that its measured latency comes nearest to the given one. */
export async function scaledToLatency(
  baseline: Baseline,
  space: SearchSpace,
  goal: MeasuredGoal,
  { latencyMs, references, measure, onProgress }: ScalingOptions,
): Promise<Baseline> {
  const { device, threads, batch } = goal;
  const variants = scaledVariants(baseline);
  const models = variants.map(({ name, layers }) => ({ key: name, model: modelsFor(device)(layers, batch) }));
  const beside = [...models, ...referenceModels(space, goal, references)];
  const { measurements } = await measure(beside, { threads, seed: 1, budgetSeconds: MEASURING_SECONDS, onProgress });
  const times = new Map(measurements.map(({ key, medianMs }) => [key, medianMs]));
  const latencyNow = latencyMs * paceSince(references, times);
  return nearest(variants, latencyNow, ({ name }) => times.get(name) as number);
}

/** The same network scaled in width such that it has about as many multiply-adds, for where nothing can be measured. */
export function scaledToMacs(baseline: Baseline, count: number): Baseline {
  return nearest(scaledVariants(baseline), count, ({ layers }) => macs(layers));
}

function scaledVariants(baseline: Baseline): Baseline[] {
  const variants = new Map<string, Baseline>();
  for (let i = 0; i < SCALED_VARIANTS; i++) {
    const factor = 0.2 * 7 ** (i / (SCALED_VARIANTS - 1));
    const layers = scaleWidths(baseline.layers, factor, WIDTH_STEP);
    variants.set(widthsOf(layers), { name: `${baseline.name}, width x${factor.toFixed(2)}`, layers });
  }
  // The network itself is a baseline already.
  variants.delete(widthsOf(baseline.layers));
  return [...variants.values()];
}

function nearest(variants: readonly Baseline[], wanted: number, size: (variant: Baseline) => number): Baseline {
  const off = (variant: Baseline) => Math.abs(size(variant) - wanted);
  return variants.reduce((a, b) => (off(b) < off(a) ? b : a));
}

const widthsOf = ({ nodes }: LayerGraph) => nodes.map(({ shape }) => shape[0]).join();

/** Networks drawn uniformly from all of the space that keep the limits; a latency by the table's prediction. */
export function randomFeasible(space: SearchSpace, limits: readonly Limit[], count: number, seed: number): Baseline[] {
  const random = new Random(seed, 'random networks');
  const found = new Map<string, number[]>();
  for (let tries = 0; tries < 100_000 && found.size < count; tries++) {
    const choices = space.blocks.map(({ candidates }) => random.below(candidates.length));
    if (keeps(limits, choices)) found.set(choices.join(), choices);
  }
  return [...found.values()].map((choices, i) => ({
    name: `random feasible ${i + 1}`,
    layers: deriveNetwork(space, choices),
  }));
}
