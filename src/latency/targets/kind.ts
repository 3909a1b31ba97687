import type { MeasuredDevice } from '../../space/devices.ts';
import type { Connect } from '../links/link.ts';
import type { Fingerprint, RunOptions } from './target.ts';

/** Where the built programs of profilers are. */
export interface ProfilerPrograms {
  /** `profilerProcess.ts` */
  profiler: string;
  /** `profilerAgent.ts`: one file, to be run on another machine. */
  agent: string;
  /** Folder of what a browser is served: `profilerPage.ts` as `page.js`, and the files of onnxruntime-web. */
  page: string;
}

/** A kind of device: how its fingerprint is had, and how a profiler is started there. */
export interface TargetKind {
  /** @throws UserError when the device cannot be had, saying what to do */
  fingerprint(device: MeasuredDevice, programs: ProfilerPrograms, options: RunOptions): Promise<Fingerprint>;
  connect(device: MeasuredDevice, programs: ProfilerPrograms): Connect;
}
