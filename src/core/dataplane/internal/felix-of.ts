import type { FelixSettings } from '../../model/felix-settings.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { FelixConfiguration } from '../../resources/felix-configuration.js';

/** The configurations by name. Made once for a model: each node may have its own, and is asked for often. */
const MEMORY = new WeakMap<NetworkModel, ReadonlyMap<string, FelixConfiguration>>();

/** The FelixConfiguration of one node (`node.<name>`); undefined: it has none. */
export function felixConfigurationOf(model: NetworkModel, node: string): FelixConfiguration | undefined {
  return byName(model).get(`node.${node}`);
}

/**
 * What Felix is told: by the environment of calico-node, then by the configuration of its node, then by `default` (projectcalico/calico `felix/config/config_params.go`,
 * SourcesInDescendingOrder). Without a node: what it is told on every node.
 */
export function felixOf(model: NetworkModel, node?: string): FelixSettings {
  const own = node === undefined ? {} : (felixConfigurationOf(model, node) ?? {});
  const told = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  return { ...byName(model).get('default'), ...told, ...model.felixEnvironment };
}

function byName(model: NetworkModel): ReadonlyMap<string, FelixConfiguration> {
  const known = MEMORY.get(model) ?? new Map(model.calico.felixConfigurations.map((one) => [one.ref.name, one]));
  MEMORY.set(model, known);
  return known;
}
