import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { readMetadata } from '../../src/export/onnx.ts';

const SIDE = 28;

/** The share of a folder's test images that a model file classifies correctly, with the runtime alone. */
export async function testAccuracyOf(file: string, folder: string): Promise<number> {
  const pixels = readFileSync(join(folder, 'digits/test-images')).subarray(16);
  const labels = readFileSync(join(folder, 'digits/test-labels')).subarray(8);
  const { mean, std } = JSON.parse(readMetadata(readFileSync(file)).normalisation);
  const images = Float32Array.from(pixels, pixel => (pixel - mean[0]) / std[0]);
  const session = await InferenceSession.create(file);
  const [input] = session.inputNames;
  const outputs = await session.run({ [input]: new Tensor('float32', images, [labels.length, 1, SIDE, SIDE]) });
  const logits = outputs[session.outputNames[0]].data as Float32Array;
  const classes = logits.length / labels.length;
  const correct = labels.filter((label, image) => {
    const own = logits.subarray(image * classes, (image + 1) * classes);
    return own.indexOf(Math.max(...own)) === label;
  });
  return correct.length / labels.length;
}
