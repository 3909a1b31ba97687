import { encodeFrame, frameReader } from './links/frames.ts';
import type { ProfilerRequest } from './profilerMessages.ts';
import { answer } from './profilerServer.ts';
import { onnxruntimeTarget } from './targets/onnxruntime.ts';

// Entry point of the profiler on another machine: one file, imported there by what `links/ssh.ts` sends. Requests come in by
// standard input, messages go out by standard output, and nothing else does.
const send = (message: unknown) => process.stdout.write(encodeFrame(message));
const read = frameReader(async message => {
  const request = message as ProfilerRequest;
  process.stdout.write(encodeFrame(await answer(onnxruntimeTarget(request.device), request, send)), () =>
    process.exit(),
  );
});
// What started it has paused the stream.
process.stdin.on('data', read).resume();
// Who asked is gone: nobody wants the figures.
process.stdin.on('end', () => process.exit());
send({ type: 'ready' });
