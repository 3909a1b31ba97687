import { measureEnergy } from './energy.ts';
import { measure } from './measure.ts';
import type { ProfilerMessage, ProfilerRequest } from './profilerMessages.ts';
import type { LatencyTarget } from './targets/target.ts';

/**
 * Does what a profiler is asked: the same on this machine, on another one, and in a browser's page.
 *
 * @param send takes messages on the way
 * @returns the last message
 */
export async function answer(
  target: LatencyTarget,
  request: ProfilerRequest,
  send: (message: ProfilerMessage) => void,
): Promise<ProfilerMessage> {
  try {
    switch (request.task) {
      case 'fingerprint':
        return { type: 'fingerprint', fingerprint: await target.fingerprint(request.options) };
      case 'trace':
        return { type: 'traced', kernels: await target.trace(request.model, request.options) };
      case 'energy':
        return { type: 'energy', report: await measureEnergy(target, request.models, request.options) };
      case 'measure':
        return {
          type: 'done',
          report: await measure(target, request.models, {
            ...request.options,
            onOpen: key => send({ type: 'open', key }),
            onSample: (key, sampleMs) => send({ type: 'sample', key, sampleMs }),
            onProgress: share => send({ type: 'progress', share }),
          }),
        };
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return { type: 'failed', message, runtimeMissing: code === 'ERR_MODULE_NOT_FOUND' };
  }
}

/**
 * A process that does the one task its parent sends, and ends. A process of its own since inference blocks the
 * event loop, since native code may crash, and since its memory is then surely given back.
 */
export function serveParent(targetOf: (request: ProfilerRequest) => LatencyTarget): void {
  // A parent that is gone shows as a failing send, which must not become an exception: 'disconnect' ends the process.
  const send = (message: ProfilerMessage) => process.send?.(message, undefined, {}, () => {});
  // Without its parent nobody wants the figures.
  process.on('disconnect', () => process.exit());
  process.once('message', async (request: ProfilerRequest) => {
    const last = await answer(targetOf(request), request, send);
    // The process ends by itself once the channel is closed, which must not be before the last message is out.
    process.send?.(last, undefined, {}, () => process.disconnect());
  });
  send({ type: 'ready' });
}
