import * as ort from 'onnxruntime-node';
import type { LoweredModel } from '../../graph/onnx/lower.ts';
import type { Executable, Tensors } from '../runtime.ts';
import { compacted } from './compact.ts';

/** Session options for training: explicit threads, memory returned after every run. */
function trainingOptions(threads: number): ort.InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // An arena per session would keep every session's peak for ever; a supernet has many sessions.
    enableCpuMemArena: false,
    enableMemPattern: false,
    logSeverityLevel: 3,
    // Each session has threads of its own: those of the session that ran last must not spin beside the next one's.
    extra: { session: { force_spinning_stop: '1' } },
  };
}

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

  static async create({ bytes, inputDims, outputDims }: LoweredModel, threads: number): Promise<OrtSession> {
    const options = trainingOptions(threads);
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
    const results = await this.session.run(feeds, wanted);
    const outputs: Tensors = {};
    for (const name of wanted) outputs[name] = results[name].data as Float32Array;
    return outputs;
  }

  release(): Promise<void> {
    return this.session.release();
  }
}
