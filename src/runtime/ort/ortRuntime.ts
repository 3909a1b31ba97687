import { cutAtPasses } from '../../graph/cut/cut.ts';
import { channelBlockedPlanes } from '../../graph/onnx/channelBlocks.ts';
import { channelMajorLowering } from '../../graph/onnx/channelMajor.ts';
import { lowerGraph } from '../../graph/onnx/lower.ts';
import { blockedPlanes, standardPlanes } from '../../graph/onnx/planes.ts';
import type { Lowering, MapLanes, MapOrder } from '../../graph/onnx/rule.ts';
import { standardLowering } from '../../graph/onnx/standard.ts';
import { printGraph } from '../../graph/print.ts';
import { elements, type Graph, type ValueType } from '../../graph/types.ts';
import { dot } from '../passes/dot.ts';
import { canRunPasses, fitsPasses, MapPasses } from '../passes/mapPasses.ts';
import type { Executable, Runtime } from '../runtime.ts';
import { CutExecutable } from './cutExecutable.ts';
import { probeBlock } from './probe.ts';
import { OrtSession, type SessionSettings, sessionModel } from './session.ts';

export interface OrtOptions {
  /** Threads of every session. */
  threads: number;
  /** For few graphs that run again and again, such as the training of one network: 1 to 5 % less time; see `SessionSettings`. */
  keepsMemory?: boolean;
  /** `auto` takes the channel-major lowering where the processor has blocked kernels, else the standard one. */
  lowering?: 'auto' | 'standard' | 'channelMajor';
  /** What the blocked kernels work on side by side; for batches that are no whole blocks of images always channels. */
  sideBySide?: SideBySide;
  /** Numbers of a map from which on gradients are taken by passes of our own; by default from where they pay. */
  passesFrom?: number;
}

/**
 * Images side by side suit regular convolutions, which the blocked kernels leave to products of matrices, and gradients by
 * weights; channels suit 1x1 and depthwise convolutions, which the kernels then do without changing the order.
 */
export type SideBySide = 'images' | 'channels';

/** Starts onnxruntime: probes the processor and picks the lowering. */
export async function createOrtRuntime(options: OrtOptions): Promise<Runtime> {
  const wanted = options.lowering ?? 'auto';
  const block = wanted === 'standard' ? undefined : await probeBlock();
  const channelMajor = wanted === 'channelMajor' || block !== undefined;
  const { threads, keepsMemory = false, sideBySide = 'images' } = options;
  // What passes between the pieces of a graph is not in the memory that its sessions keep.
  const never = Number.POSITIVE_INFINITY;
  const pays = keepsMemory ? never : WORTH_A_PASS[threads === 1 ? 'alone' : 'together'];
  const passesFrom = block !== undefined && canRunPasses() ? (options.passesFrom ?? pays) : never;
  return new OrtRuntime({ threads, keepsMemory }, block, channelMajor, sideBySide, passesFrom);
}

/**
 * Numbers of a map from which on a pass saves more than the cut costs. With several threads each piece of a graph wakes those
 * of its session anew, and finds in the cache of one core what another core wrote.
 */
const WORTH_A_PASS = { alone: 2 ** 17, together: 2 ** 22 };

class OrtRuntime implements Runtime {
  readonly description: string;
  private readonly sessions = new Map<string, Promise<OrtSession>>();
  private readonly passes: MapPasses;
  private readonly lowerings = new Map<number, Lowering>();
  private readonly orders = new Map<string, MapOrder | undefined>();

  constructor(
    private readonly settings: SessionSettings,
    private readonly block: number | undefined,
    private readonly channelMajor: boolean,
    private readonly sideBySide: SideBySide,
    private readonly passesFrom: number,
  ) {
    const how = !channelMajor
      ? 'standard operators'
      : block
        ? `channel-major with blocked kernels of ${block} ${sideBySide}`
        : 'channel-major with standard kernels';
    const { threads } = settings;
    this.passes = new MapPasses(threads);
    this.description = `onnxruntime-node, CPU, ${threads} thread${threads === 1 ? '' : 's'}, ${how}`;
  }

  async compile(graph: Graph): Promise<Executable> {
    const lowering = this.loweringFor(batchOf(graph));
    const cut = cutAtPasses(graph, type => this.isForPasses(type, lowering));
    if (!cut) return this.session(graph, lowering);
    const stages = cut.stages.map(stage =>
      'pass' in stage ? { ...stage, lanes: lowering.lanes?.(stage.type) as MapLanes } : this.session(stage, lowering),
    );
    return new CutExecutable(await Promise.all(stages), cut.outputs, this.passes);
  }

  private session(graph: Graph, lowering: Lowering): Promise<OrtSession> {
    const key = printGraph(graph);
    let session = this.sessions.get(key);
    if (!session) {
      const model = lowerGraph(graph, lowering, sessionModel);
      session = OrtSession.create(model, this.settings);
      this.sessions.set(key, session);
    }
    return session;
  }

  pack(values: Float32Array, dims: readonly number[]): Float32Array {
    const order = this.orderOf(dims);
    if (!order) return values;
    const packed = new Float32Array(order.size);
    const { places } = order;
    for (let i = 0; i < places.length; i++) packed[places[i]] = values[i];
    return packed;
  }

  unpack(values: Float32Array, dims: readonly number[]): Float32Array {
    const order = this.orderOf(dims);
    if (!order) return values;
    const { places } = order;
    const unpacked = new Float32Array(places.length);
    for (let i = 0; i < places.length; i++) unpacked[i] = values[places[i]];
    return unpacked;
  }

  dot(a: Float32Array, b: Float32Array, less?: Float32Array): number {
    return dot(this.passes, a, b, less);
  }

  async dispose(): Promise<void> {
    const sessions = await Promise.all(this.sessions.values());
    this.sessions.clear();
    for (const session of sessions) await session.release();
  }

  private isForPasses(type: ValueType, lowering: Lowering): boolean {
    const lanes = elements(type) >= this.passesFrom ? lowering.lanes?.(type) : undefined;
    return lanes !== undefined && fitsPasses(lanes);
  }

  private orderOf(dims: readonly number[]): MapOrder | undefined {
    const key = dims.join();
    if (!this.orders.has(key)) this.orders.set(key, this.loweringFor(dims[0]).order(dims));
    return this.orders.get(key);
  }

  private loweringFor(batch: number): Lowering {
    let lowering = this.lowerings.get(batch);
    if (!lowering) {
      lowering = this.channelMajor ? channelMajorLowering(this.planesFor(batch)) : standardLowering;
      this.lowerings.set(batch, lowering);
    }
    return lowering;
  }

  private planesFor(batch: number) {
    if (!this.block) return standardPlanes;
    const byImages = this.sideBySide === 'images' && batch % this.block === 0;
    return byImages ? blockedPlanes(this.block) : channelBlockedPlanes(this.block);
  }
}

function batchOf(graph: Graph): number {
  const first = graph.values.find(value => value.kind === 'map');
  if (!first) throw new Error('runtime: a graph without maps has no batch');
  return first.dims[0];
}
