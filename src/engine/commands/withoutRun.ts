import type { Asked, Reporter } from '../reporter.ts';

/** For work before there is a run to log it: warnings are told as notes. */
export function withoutRun(asked: Asked): Reporter {
  return { ...asked, event: event => (event.type === 'warning' ? asked.note(event.message) : undefined) };
}
