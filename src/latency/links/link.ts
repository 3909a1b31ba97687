import type { ProfilerMessage, ProfilerRequest } from '../profilerMessages.ts';

/** A profiler at work, wherever it runs: it is given one request, tells messages, and ends. */
export interface ProfilerLink {
  /**
   * How it ended, after its last message: `exit code 0`, `signal SIGKILL`.
   * @throws UserError when it could not be reached at all
   */
  readonly ended: Promise<string>;
  /** Ends it at once. */
  kill(): void;
}

/** Starts a profiler, and gives it its request once it is ready. */
export type Connect = (request: ProfilerRequest, onMessage: (message: ProfilerMessage) => void) => ProfilerLink;

/** The end of a process in words. */
export function endOf(code: number | null, signal: NodeJS.Signals | null): string {
  return signal ? `signal ${signal}` : `exit code ${code}`;
}
