import type { WorkMessage } from '../protocol/engineClient.ts';
import type { EngineMessage, EngineResult } from '../protocol/messages.ts';

/** The end without a result. */
export type Failure = Omit<Extract<EngineMessage, { type: 'failure' }>, 'type' | 'detail'>;

/** How a command shows its work: as lines for people or as JSON lines. */
export interface Output {
  message(message: WorkMessage): void;
  /** A line that the engine or a person's file printed. */
  printed(line: string): void;
  result(result: EngineResult): void;
  /** The end without a result: one sentence. */
  failure(failure: Failure): void;
}

/** Where an output writes: `process.stdout` and `process.stderr`, or what a test gives. */
export interface TextStream {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}
