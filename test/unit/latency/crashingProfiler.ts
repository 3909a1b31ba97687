import { existsSync, writeFileSync } from 'node:fs';
import { serveParent } from '../../../src/latency/profilerServer.ts';
import { FakeTarget } from './fakeTarget.ts';

/**
 * A profiler process whose models are fakes: one named `killer` kills the process in its first run, `weak` only once (the
 * file named by CRASHED remembers it) and after some samples.
 */
serveParent(
  () =>
    new FakeTarget((name, run) => {
      const crashes = name === 'killer' || (name === 'weak' && run > 5000 && !existsSync(process.env.CRASHED!));
      if (crashes) {
        writeFileSync(process.env.CRASHED!, '');
        process.kill(process.pid, 'SIGKILL');
      }
      return 1;
    }),
);
