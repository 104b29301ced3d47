import type { NetworkModel } from '../../model/network-model.js';
import type { FelixConfiguration } from '../../resources/felix-configuration.js';

/** What Felix has on every node: `default`; other configurations are of one node each. */
export function globalFelix({ felixConfigurations }: NetworkModel['calico']): FelixConfiguration | undefined {
  return felixConfigurations.find(({ ref }) => ref.name === 'default');
}
