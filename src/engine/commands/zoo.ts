import { macs, parameters } from '../../space/analysis.ts';
import { measureZoo } from '../zoo/measureZoo.ts';
import { zooNetworks } from '../zoo/namedNetwork.ts';
import type { Command } from './command.ts';

export const zooCommand: Command<'zoo'> = async ({ network = '', measure, threads = 1 }, asked) => {
  const chosen = zooNetworks(network);
  const report = measure ? await measureZoo(chosen, threads, asked) : undefined;
  const measured = new Map(report?.measurements.map(one => [one.key, one]));
  const networks = chosen.map(({ name, published, build }) => {
    const graph = build();
    const one = measured.get(name);
    return {
      name,
      macs: macs(graph),
      params: parameters(graph),
      published,
      measured: one ? { ms: one.medianMs, madMs: one.madMs, samples: one.samples } : null,
    };
  });
  networks.sort((a, b) => (a.measured && b.measured ? a.measured.ms - b.measured.ms : a.macs - b.macs));
  return { command: 'zoo', networks, device: report?.device ?? null, noise: report?.noise.message ?? null };
};
