import type { Control } from '../../../src/protocol/control.ts';
import type { EngineMessage, Opening } from '../../../src/protocol/messages.ts';

// An engine that does what the name of the file in the request says. It imports nothing but types, so that Node runs it
// as it stands.
const tell = (message: EngineMessage) => process.send?.(message);

const acts: Record<string, () => void> = {
  works() {
    tell({ type: 'progress', stage: 'profile', fraction: 0.5, text: 'measuring' });
    tell({ type: 'note', text: 'a note' });
    tell({ type: 'events', first: 7, events: [{ at: 1, type: 'stage', stage: 'search' }], skipped: true });
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
  newer() {
    process.send?.({ type: 'ready', version: 5 });
  },
  unreadable() {
    process.send?.({ type: 'riddle' });
  },
  waits() {
    tell({ type: 'note', text: 'waiting' });
    process.on('message', message => {
      if ((message as Control).control !== 'stop') return;
      tell({ type: 'state', phase: 'stopping' });
      tell({ type: 'stopped', run: null });
      process.disconnect();
    });
  },
  saves() {
    tell({ type: 'run', folder: '.nas/runs/mine' });
    tell({ type: 'note', text: 'waiting' });
    process.on('message', () => {
      tell({ type: 'stopped', run: '.nas/runs/mine' });
      process.disconnect();
    });
  },
  acknowledged() {
    tell({ type: 'events', first: 41, events: [{ at: 1, type: 'stage', stage: 'search' }], skipped: false });
    process.on('message', message => {
      tell({ type: 'failure', user: true, message: JSON.stringify(message) });
      process.disconnect();
    });
  },
  ignoresStop() {
    tell({ type: 'note', text: 'waiting' });
    setInterval(() => {}, 1000);
  },
};

process.once('message', ({ request }: Opening) => {
  if (request.command === 'search' || request.command === 'profile') acts[request.file]();
});
tell({ type: 'ready', version: 4 });
