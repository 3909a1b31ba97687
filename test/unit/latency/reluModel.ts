import { OnnxEmitter } from '../../../src/graph/onnx/emitter.ts';

/** The smallest model that does something. */
export function reluModel(): Uint8Array {
  const emitter = new OnnxEmitter();
  emitter.output('output', emitter.op('Relu', [emitter.input('image', [1, 4, 8, 8])]), [1, 4, 8, 8]);
  return emitter.finish('relu');
}
