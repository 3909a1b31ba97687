import { tryProvider } from '../runtime/ort/providers.ts';
import { serveParent } from './profilerServer.ts';
import { onnxruntimeTarget, providerOf } from './targets/onnxruntime.ts';

// Entry point of the profiler process on this machine; `links/forked.ts` starts it.
serveParent(({ device }) => onnxruntimeTarget(device, () => tryProvider(providerOf(device))));
