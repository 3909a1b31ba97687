import { serveProfiler } from './profilerServer.ts';

// Entry point of the profiler process; `profilerClient.ts` starts it.
serveProfiler();
