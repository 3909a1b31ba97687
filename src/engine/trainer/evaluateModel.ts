import { evaluationBatches } from '../../data/batches.ts';
import type { InferenceModel } from '../../runtime/ort/inference.ts';
import { countCorrect, sumCrossEntropy } from '../../training/targets.ts';
import type { TrainingData } from '../../training/train.ts';

const BATCH = 250;

/** Accuracy (share) and mean cross-entropy of an ONNX classifier with a free batch. */
export async function evaluateModel(
  model: InferenceModel,
  { set, indices, normalisation, classes }: TrainingData,
): Promise<{ accuracy: number; crossEntropy: number }> {
  const [input] = Object.keys(model.inputs);
  const fixed = model.inputs[input][0];
  const batch = typeof fixed === 'number' ? fixed : BATCH;
  let correct = 0;
  let crossEntropy = 0;
  for (const { images, labels } of evaluationBatches(set, indices, { normalisation, batch })) {
    const results = await model.run({ [input]: { values: images, dims: [labels.length, ...set.shape] } });
    const logits = results[model.outputNames[0]];
    correct += countCorrect(logits, labels, classes);
    crossEntropy += sumCrossEntropy(logits, labels, classes);
  }
  return { accuracy: correct / indices.length, crossEntropy: crossEntropy / indices.length };
}
