import type { Note } from '../kernel/answer.js';
import type { ModelNode, NetworkModel } from '../model/network-model.js';
import type { NodeDevice } from '../model/node-devices.js';
import { type Cidr, cidrContains } from '../net/cidr.js';
import type { IpPool } from './ip-pool.js';

/**
 * How many addresses of each node's range the agent of the plugin takes for itself, of a family: Cilium's one for `cilium_host` and, unless health checks are off, one for the
 * health endpoint (cilium/cilium `daemon/cmd/ipam.go`, allocateRouterIPv4, allocateHealthIPs).
 */
export function ownAddresses({ profile: { cni } }: NetworkModel): number {
  return ownDevices(cni).length;
}

/** How many of them no object tells, of a range that is a node's: they are taken, and nobody says which they are. */
export function untoldAddresses({ profile: { cni }, nodes }: NetworkModel, node: string | null, range: Cidr): number {
  if (node === null || !nodes.has(node)) return 0;
  const told = new Set(devicesIn(nodes.get(node), range).map(({ device }) => device));
  return ownDevices(cni).filter((device) => !told.has(device)).length;
}

/** How many addresses of a node's range pods cannot get: those of its devices, told or not. */
export function deviceAddresses(model: NetworkModel, node: string | null, range: Cidr): number {
  const told = node === null ? [] : devicesIn(model.nodes.get(node), range);
  return told.length + untoldAddresses(model, node, range);
}

function devicesIn(node: ModelNode | undefined, range: Cidr): readonly NodeDevice[] {
  return (node?.devices ?? []).filter(({ ip }) => cidrContains(range, ip));
}

function ownDevices({ plugin, healthEndpoint }: NetworkModel['profile']['cni']): readonly string[] {
  if (plugin !== 'cilium') return [];
  return healthEndpoint ? ['cilium_host', 'lxc_health'] : ['cilium_host'];
}

/** A note where parts of pools have addresses that are taken, and nobody tells which. */
export function untoldAddressesNotes(model: NetworkModel, pools: readonly IpPool[]): readonly Note[] {
  if (ownAddresses(model) === 0) return [];
  const counts = pools.flatMap(({ plane, layout }) =>
    plane !== 'pod' ? [] : (layout?.blocks ?? []).map(({ node, cidr }) => untoldAddresses(model, node, cidr)),
  );
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return [];
  const ranges = counts.filter((count) => count > 0).length;
  const what = model.profile.cni.healthEndpoint ? 'router and health endpoint have addresses' : 'router has an address';
  const message = `of ${ranges} node ranges Cilium’s ${what} that no object tells, ${total} in all: they count as free`;
  return [{ code: 'OWN_ADDRESSES_UNTOLD', message }];
}
