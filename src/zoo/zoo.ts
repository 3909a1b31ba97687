import { dartsNets } from './darts.ts';
import { mnasNets } from './mnasNet.ts';
import { mobileNetsV2 } from './mobileNetV2.ts';
import { mobileNetsV3 } from './mobileNetV3.ts';
import { nasNets } from './nasNet.ts';
import { proxylessNets } from './proxyless.ts';
import { resNets } from './resNet.ts';
import type { ZooNetwork } from './zooNetwork.ts';

/** Published networks, each built by its name. */
export const zoo: readonly ZooNetwork[] = [
  ...mobileNetsV2,
  ...mobileNetsV3,
  ...mnasNets,
  ...proxylessNets,
  ...nasNets,
  ...dartsNets,
  ...resNets,
];

/** The network of that name, in letters of any case; undefined where there is none. */
export function zooNetwork(name: string): ZooNetwork | undefined {
  return zoo.find(network => network.name === name.toLowerCase());
}
