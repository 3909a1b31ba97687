import { z } from 'zod';
import type { Normalisation } from '../../data/normalisation.ts';
import { readMetadata } from '../../export/onnx.ts';

/** A normalisation as plain lists, for files. */
const normalisationSchema = z.object({ mean: z.array(z.number()), std: z.array(z.number()) });

export type PlainNormalisation = z.infer<typeof normalisationSchema>;

export function plainNormalisation({ mean, std }: Normalisation): PlainNormalisation {
  return { mean: [...mean], std: [...std] };
}

/** What an exported model says of itself: its name, its seed, and how its images must be normalised. */
export function modelMetadata(name: string, seed: number, normalisation: PlainNormalisation): Record<string, string> {
  return { name, seed: String(seed), normalisation: JSON.stringify(normalisation) };
}

/** The normalisation a model was exported with; undefined for a model from elsewhere. */
export function normalisationOf(model: Uint8Array): Normalisation | undefined {
  const text = readMetadata(model).normalisation;
  if (text === undefined) return undefined;
  const { mean, std } = normalisationSchema.parse(JSON.parse(text));
  return { mean: Float32Array.from(mean), std: Float32Array.from(std) };
}
