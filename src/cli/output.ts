import type { EngineResult } from '../protocol/messages.ts';
import type { WorkMessage } from './engineProcess.ts';

/** How a command shows its work: as lines for people or as JSON lines. */
export interface Output {
  message(message: WorkMessage): void;
  /** A line that the engine or a person's file printed. */
  printed(line: string): void;
  result(result: EngineResult): void;
  /** The end without a result: one sentence. */
  failure(failure: { user: boolean; message: string }): void;
}

/** Where an output writes: `process.stdout` and `process.stderr`, or what a test gives. */
export interface TextStream {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}
