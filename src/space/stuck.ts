import { once } from 'node:events';
import { isMainThread, Worker } from 'node:worker_threads';
import type { SourcePlace } from '../base/errors.ts';

/** Enough to leave the product's own functions. */
const FRAMES = 20;
/** More than a thread takes to start. */
const START_MS = 5000;

/**
 * Where this thread is a moment after it began an action that may never end, the innermost call first; nothing where that
 * cannot be known. The thread itself cannot tell: the exception by which Node ends it has no stack of what it ended. So
 * another thread pauses it for an instant, as a debugger does, and looks.
 *
 * @param action must be ended by some other means, later than `afterMs`
 */
export async function stackDuring(action: () => void, afterMs: number): Promise<SourcePlace[]> {
  // From a worker, a debugger would reach the main thread.
  if (!isMainThread) return [];
  const worker = new Worker(`(${lookAtMainThread.toString()})()`, {
    eval: true,
    workerData: { afterMs, most: FRAMES },
    // No flags of this process: it may have been started to be debugged itself.
    execArgv: [],
  });
  try {
    const signal = AbortSignal.timeout(START_MS + 3 * afterMs);
    await once(worker, 'message', { signal });
    const looked = once(worker, 'message', { signal });
    try {
      action();
    } catch {
      // It was ended.
    }
    const [frames] = await looked;
    return frames;
  } catch {
    // A Node that was built without a debugger, or an action that ended by itself.
    return [];
  } finally {
    await worker.terminate();
  }
}

/** Runs in the other thread, as text: it can use nothing of this file. */
function lookAtMainThread(): void {
  const { parentPort, workerData } = process.getBuiltinModule('node:worker_threads');
  const { Session } = process.getBuiltinModule('node:inspector');
  const { fileURLToPath } = process.getBuiltinModule('node:url');
  const { afterMs, most } = workerData as { afterMs: number; most: number };
  const urls = new Map<string, string>();
  const session = new Session();
  session.connectToMainThread();
  session.on('Debugger.scriptParsed', ({ params }) => urls.set(params.scriptId, params.url));
  session.on('Debugger.paused', ({ params }) => {
    const frames = params.callFrames.slice(0, most).map(({ location }) => {
      const url = urls.get(location.scriptId) ?? '';
      const file = url.startsWith('file:') ? fileURLToPath(url) : url;
      return { file, line: location.lineNumber + 1, column: (location.columnNumber ?? 0) + 1 };
    });
    session.post('Debugger.resume');
    session.disconnect();
    parentPort?.postMessage(frames);
  });
  // A session alone does not keep the thread.
  setInterval(() => {}, 1000);
  // Only while the main thread is free can it be connected to; paused it can be at any time.
  session.post('Debugger.enable', () => {
    parentPort?.postMessage('ready');
    setTimeout(() => session.post('Debugger.pause'), afterMs);
  });
}
