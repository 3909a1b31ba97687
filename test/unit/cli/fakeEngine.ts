import type { EngineMessage, EngineRequest } from '../../../src/protocol/messages.ts';

// An engine that does what the name of the file in the request says. It imports nothing but types, so that Node runs it
// as it stands.
const tell = (message: EngineMessage) => process.send?.(message);

const acts: Record<string, () => void> = {
  works() {
    tell({ type: 'progress', stage: 'profile', fraction: 0.5, text: 'measuring' });
    tell({ type: 'note', text: 'a note' });
    tell({ type: 'event', event: { type: 'stage', stage: 'search' } });
    tell({
      type: 'result',
      result: {
        command: 'profile',
        table: 'table.json',
        reused: false,
        summary: ['12 operators'],
        networks: 30,
        within5pct: 0.9,
        within10pct: 1,
        relRmse: 0.03,
        rmseMs: 0.01,
        kendallTau: 0.95,
        seconds: 40,
      },
    });
    process.disconnect();
  },
  tellsHeap() {
    tell({ type: 'note', text: String(process.env.MALLOC_TOP_PAD_) });
    tell({ type: 'failure', user: true, message: 'enough' });
    process.disconnect();
  },
  mistake() {
    tell({ type: 'failure', user: true, message: 'space.nas.ts:3:5: the kernel\n  must be odd' });
    process.disconnect();
  },
  bug() {
    tell({ type: 'failure', user: false, message: 'Something broke.', detail: 'Error: Something broke\n    at step' });
    process.disconnect();
  },
  throws() {
    throw new Error('thrown in the engine');
  },
  outOfMemory() {
    process.kill(process.pid, 'SIGKILL');
  },
  unreadable() {
    process.send?.({ type: 'riddle' });
  },
  waits() {
    tell({ type: 'note', text: 'waiting' });
    process.on('disconnect', () => process.exit());
    setInterval(() => {}, 1000);
  },
  ignoresStop() {
    tell({ type: 'note', text: 'waiting' });
    setInterval(() => {}, 1000);
  },
};

process.once('message', (request: EngineRequest) => {
  if (request.command === 'search' || request.command === 'profile') acts[request.file]();
});
tell({ type: 'ready', version: 1 });
