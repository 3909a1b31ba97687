import { measureInBatches } from '../../latency/batches.ts';
import type { MeasureReport } from '../../latency/measure.ts';
import { deviceName } from '../../latency/targets/target.ts';
import type { MeasuredDevice } from '../../space/devices.ts';
import type { ZooNetwork } from '../../zoo/zooNetwork.ts';
import type { Reporter } from '../reporter.ts';
import { deviceFingerprint, deviceMeasure, modelsFor } from '../search/profiling.ts';

/** For each network: enough for its median to settle on a quiet machine. */
const BUDGET_SECONDS = 5;
const DEVICE: MeasuredDevice = { target: 'cpu', precision: 'fp32' };

/** Times published networks on this machine's processor, one image at a time, interleaved with one another. */
export async function measureZoo(
  networks: readonly ZooNetwork[],
  threads: number,
  reporter: Reporter,
): Promise<MeasureReport & { device: string }> {
  const device = deviceName(await deviceFingerprint(DEVICE, { threads, batch: 1 }));
  const models = networks.map(({ name, build }) => ({ key: name, build: () => modelsFor(DEVICE)(build(), 1) }));
  const report = await measureInBatches(deviceMeasure(DEVICE, reporter.control), models, {
    threads,
    seed: 1,
    budgetSeconds: BUDGET_SECONDS * networks.length,
    onProgress: share => reporter.progress('measure', share, `${networks.length} networks`),
  });
  return { ...report, device };
}
