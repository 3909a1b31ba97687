import { UserError } from '../../base/errors.ts';
import { runtimeVersion } from '../../runtime/ort/inference.ts';
import type { MeasuredDevice } from '../../space/devices.ts';
import type { Connect } from '../links/link.ts';
import { overSsh } from '../links/ssh.ts';
import { fingerprintIn } from '../profilerClient.ts';
import type { TargetKind } from './kind.ts';

/** The processor of another machine: the same measuring code, sent there. */
export const sshTarget: TargetKind = {
  async fingerprint(device, { agent }, options) {
    try {
      return await fingerprintIn({ device, connect: connectTo(device, agent) }, options);
    } catch (error) {
      if (error instanceof UserError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new UserError(`onnxruntime does not work on ${hostOf(device)} (${reason}): install it there anew`);
    }
  },
  connect: (device, { agent }) => connectTo(device, agent),
};

function connectTo(device: MeasuredDevice, agent: string): Connect {
  return overSsh({ host: hostOf(device), agent, runtime: runtimeVersion });
}

function hostOf(device: MeasuredDevice): string {
  if (device.target !== 'ssh') throw new Error(`ssh: ${device.target} is no host`);
  return device.host;
}
