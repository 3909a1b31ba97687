import { forked } from '../links/forked.ts';
import type { TargetKind } from './kind.ts';
import { onnxruntimeTarget } from './onnxruntime.ts';

/** This machine's processor through onnxruntime-node. */
export const cpuTarget: TargetKind = {
  // In this process: it is asked for at every look at a space.
  fingerprint: (device, _, options) => onnxruntimeTarget(device).fingerprint(options),
  connect: (_, { profiler }) => forked(profiler),
};
