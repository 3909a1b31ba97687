import { UserError } from '../../base/errors.ts';
import { builtInProviders } from '../../runtime/ort/providers.ts';
import { forked } from '../links/forked.ts';
import { fingerprintIn } from '../profilerClient.ts';
import type { TargetKind } from './kind.ts';
import { providerOf } from './onnxruntime.ts';

/** A driver that is asked for what it cannot do may wait for ever. */
const PROBE_MS = 20_000;

/** A graphics or neural processor through an execution provider of onnxruntime-node. */
export const acceleratorTarget: TargetKind = {
  /** The profiler creates and runs a model on it first: only that shows whether it is there. */
  async fingerprint(device, { profiler }, options) {
    if (!(await builtInProviders()).includes(providerOf(device)))
      throw new UserError(
        `onnxruntime-node has no ${device.target} on ${process.platform} ${process.arch}: use another device`,
      );
    const limit = AbortSignal.timeout(PROBE_MS);
    try {
      return await fingerprintIn({ device, connect: forked(profiler, { quiet: true }) }, options, limit);
    } catch (error) {
      const reason = limit.aborted ? `no answer within ${PROBE_MS / 1000} s` : firstSentence(error);
      throw new UserError(
        `${device.target} cannot be used on this machine (${reason}): install what drives it, or use another device`,
      );
    }
  },
  connect: (_, { profiler }) => forked(profiler),
};

/** Without the condition in the runtime's sources that did not hold. */
function firstSentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const [line] = text.replace(/^.* was false\. /, '').split('\n');
  return line
    .replace(/\s+/g, ' ')
    .replace(/[.:\s]+$/, '')
    .slice(0, 200);
}
