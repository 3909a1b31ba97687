import type { InferenceSession, Tensor, TensorConstructor } from 'onnxruntime-node';

/** Values of an input with their shape. */
export interface InputValues {
  values: Float32Array;
  dims: readonly number[];
}

/** An inference model in onnxruntime, as a person would run it. */
export interface InferenceModel {
  /** Shape of each input; a free dimension is a name. */
  readonly inputs: Readonly<Record<string, readonly (number | string)[]>>;
  readonly outputNames: readonly string[];
  run(inputs: Record<string, InputValues>): Promise<Record<string, Float32Array>>;
  /** One run on inputs made once, results thrown away: what is timed. */
  prepare(inputs: Record<string, InputValues>): () => Promise<unknown>;
  /** Gives its memory back, and ends its trace, where one was asked for. */
  release(): Promise<void>;
}

/** A session of either onnxruntime, in Node or in a browser. */
export function inferenceModel(TensorType: TensorConstructor, session: InferenceSession): InferenceModel {
  const tensors = (inputs: Record<string, InputValues>): Record<string, Tensor> =>
    Object.fromEntries(
      Object.entries(inputs).map(([name, { values, dims }]) => [name, new TensorType('float32', values, dims)]),
    );
  return {
    inputs: inputShapes(session),
    outputNames: session.outputNames,
    async run(inputs) {
      const results = await session.run(tensors(inputs));
      return Object.fromEntries(session.outputNames.map(name => [name, results[name].data as Float32Array]));
    },
    prepare(inputs) {
      const feeds = tensors(inputs);
      return () => session.run(feeds);
    },
    release: () => session.release(),
  };
}

function inputShapes(session: InferenceSession): Record<string, readonly (number | string)[]> {
  return Object.fromEntries(
    session.inputMetadata.map(input => {
      if (!input.isTensor) throw new Error(`Model input ${input.name} is not a tensor.`);
      return [input.name, input.shape];
    }),
  );
}
