import type { FelixSettings } from '../../model/felix-settings.js';
import type { NetworkModel } from '../../model/network-model.js';

/** What Felix is told on every node: by the environment of calico-node, then by `default`; other configurations are of one node each. */
export function globalFelix({ calico, felixEnvironment }: NetworkModel): FelixSettings {
  const configuration = calico.felixConfigurations.find(({ ref }) => ref.name === 'default');
  return { ...configuration, ...felixEnvironment };
}
