import type { NetworkModel } from '../../model/network-model.js';
import { AddressSet } from '../../net/address-set.js';

/** The addresses of all nodes. */
export interface NodeAddresses {
  readonly all: AddressSet;
  /** Their InternalIPs. */
  readonly internal: AddressSet;
}

/** Made once for a model: they are asked for with every packet that leaves a node. */
const MEMORY = new WeakMap<NetworkModel, NodeAddresses>();

/** The addresses of the nodes of a model. */
export function nodeAddressesOf(model: NetworkModel): NodeAddresses {
  const known = MEMORY.get(model) ?? collected(model);
  MEMORY.set(model, known);
  return known;
}

function collected({ nodes }: NetworkModel): NodeAddresses {
  const addresses = [...nodes.values()].flatMap((node) => node.addresses);
  const internal = addresses.filter(({ type }) => type === 'InternalIP');
  return { all: AddressSet.of(addresses.map(({ ip }) => ip)), internal: AddressSet.of(internal.map(({ ip }) => ip)) };
}
