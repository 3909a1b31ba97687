import * as ort from 'onnxruntime-node';
import type { LoweredModel } from '../../graph/onnx/lower.ts';
import { allocate, release } from '../memory.ts';
import type { Executable, Tensors } from '../runtime.ts';
import { compacted } from './compact.ts';

export interface SessionSettings {
  threads: number;
  /** Whether a session plans its memory in one piece at the first run, and keeps it: for few models that run again and again. */
  keepsMemory: boolean;
}

/** Session options for training. */
function trainingOptions({ threads, keepsMemory }: SessionSettings): ort.InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // An arena per session keeps every session's peak for ever, and a supernet has many sessions.
    enableCpuMemArena: keepsMemory,
    enableMemPattern: keepsMemory,
    logSeverityLevel: 3,
    // Each session has threads of its own: those of the session that ran last must not spin beside the next one's.
    extra: { session: { force_spinning_stop: '1' } },
  };
}

/**
 * First output of every model, an empty sequence. onnxruntime-node 1.30 copies each result into fresh zeroed memory, those
 * too that were computed into memory given beforehand: 10 ms for 58 MB, on one thread. It hands results over in the order of the
 * outputs and stops at the first that is no tensor, when all are computed.
 */
const MARK = 'computed';
const STOPPED_AT_MARK = 'Non tensor type is temporarily not supported.';

/** How a graph is to be lowered for a session. */
export const sessionModel = { freeShapes: true, mark: MARK } as const;

/** One compiled model in onnxruntime. */
export class OrtSession implements Executable {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];

  private constructor(
    private readonly session: ort.InferenceSession,
    private readonly model: Pick<LoweredModel, 'inputDims' | 'outputDims'>,
  ) {
    this.inputNames = Object.keys(model.inputDims);
    this.outputNames = Object.keys(model.outputDims);
  }

  static async create(model: LoweredModel, settings: SessionSettings): Promise<OrtSession> {
    const { bytes, inputDims, outputDims } = model;
    const options = trainingOptions(settings);
    const session = await ort.InferenceSession.create(await compacted(bytes, options), options);
    return new OrtSession(session, { inputDims, outputDims });
  }

  async run(inputs: Tensors, wanted = this.outputNames): Promise<Tensors> {
    const feeds: Record<string, ort.Tensor> = {};
    for (const [name, dims] of Object.entries(this.model.inputDims)) {
      const values = inputs[name];
      if (!values) throw new Error(`runtime: input ${name} is missing`);
      feeds[name] = new ort.Tensor('float32', values, dims);
    }
    const outputs: Tensors = {};
    const fetches: Record<string, ort.Tensor | null> = { [MARK]: null };
    for (const name of wanted) {
      const dims = this.model.outputDims[name];
      outputs[name] = allocate(dims.reduce((product, dim) => product * dim, 1));
      fetches[name] = new ort.Tensor('float32', outputs[name], dims);
    }
    try {
      await this.session.run(feeds, fetches);
    } catch (error) {
      if ((error as Error).message === STOPPED_AT_MARK) return outputs;
      for (const values of Object.values(outputs)) release(values);
      throw error;
    }
    throw new Error('runtime: onnxruntime handed over a result that is no tensor');
  }

  release(): Promise<void> {
    return this.session.release();
  }
}
