import { measure } from './measure.ts';
import type { ProfilerMessage, ProfilerRequest } from './profilerMessages.ts';
import { targetNamed } from './targets/registry.ts';
import type { LatencyTarget } from './targets/target.ts';

/**
 * Does the one task that the parent process sends, and ends. A process of its own since inference blocks the
 * event loop, since native code may crash, and since its memory is then surely given back.
 */
export function serveProfiler(findTarget: (name: string) => LatencyTarget = targetNamed): void {
  // A parent that is gone shows as a failing send, which must not become an exception: 'disconnect' ends the process.
  const send = (message: ProfilerMessage) => process.send?.(message, undefined, {}, () => {});
  // The process ends by itself once the channel is closed, which must not be before the last message is out.
  const finish = (message: ProfilerMessage) => process.send?.(message, undefined, {}, () => process.disconnect());
  // Without its parent nobody wants the figures.
  process.on('disconnect', () => process.exit());
  process.once('message', async (request: ProfilerRequest) => {
    try {
      const target = findTarget(request.target);
      if (request.task === 'trace') {
        finish({ type: 'traced', kernels: await target.trace(request.model, request.options) });
        return;
      }
      const report = await measure(target, request.models, {
        ...request.options,
        onOpen: key => send({ type: 'open', key }),
        onSample: (key, sampleMs) => send({ type: 'sample', key, sampleMs }),
        onProgress: share => send({ type: 'progress', share }),
      });
      finish({ type: 'done', report });
    } catch (error) {
      finish({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    }
  });
  send({ type: 'ready' });
}
