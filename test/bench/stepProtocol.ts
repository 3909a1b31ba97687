/**
 * What the step benchmark says to the process of an implementation, one JSON value a line; `torch_step.py --help` says the
 * same for PyTorch.
 */

export const stepKinds = ['weight', 'archTwo', 'archFull'] as const;
export type StepKind = (typeof stepKinds)[number];

/** What was drawn in a step: a candidate for each choice block, or a pair and the active place in it. */
export type Draw = { path: number[] } | { pairs: number[][]; active: number[] };

/** A step along a given draw. */
export type DrawnCommand = { do: StepKind } & Draw;

/** Ours alone: an architecture step draws by itself, the same for the same number, and tells what it drew. */
export type StepCommand = DrawnCommand | { do: 'archTwo' | 'archFull'; draw: number } | { do: 'bandwidth' };

/** First line of a process. */
export interface Ready {
  batch: number;
  /** Candidates of each choice block. */
  choices: number[];
  /** What runs, in one line (ours). */
  description?: string;
  /** Version of PyTorch. */
  torch?: string;
}

export interface StepReply {
  ms: number;
  loss: number;
  peakRssMb: number;
  /** Ours, architecture steps. */
  drawn?: Draw;
}

/** Answer to `bandwidth`. */
export interface BandwidthReply {
  bytesPerMs: number;
}
