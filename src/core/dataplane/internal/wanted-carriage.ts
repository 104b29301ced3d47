import type { ModelNode, NetworkModel } from '../../model/network-model.js';
import { formatIp, type Ip, type IpFamily, sameIp } from '../../net/ip.js';
import { CARRIERS } from '../carriers.js';
import { clusterMode } from '../cluster-mode.js';
import { encapsulationOf, type EncapsulationMode } from '../encapsulation.js';
import type { PathReason } from '../path-result.js';
import { calicoBlockIndex, calicoPoolOf } from './calico-indexes.js';
import { areWireguardPeers, hasWireguard, isWireguardPeer } from './wireguard-peers.js';

/** Why a packet does not get there. */
export interface Lost {
  readonly reason: PathReason;
  readonly message: string;
}

/** How packets are to travel, before the two nodes' subnets are looked at. */
export interface Wanted {
  readonly mode: string;
  readonly when: EncapsulationMode;
  readonly why: string;
  readonly lost?: Lost | undefined;
}

/** How packets for an address travel between two nodes: between peers of WireGuard by that, with Calico as the pool of the destination says, else as the cluster’s mode. */
export function wanted(model: NetworkModel, pair: readonly [ModelNode, ModelNode], destination: Ip): Wanted {
  const { cni } = model.profile;
  const { family } = destination;
  if (areWireguardPeers(model, pair, family)) return { mode: 'wireguard', when: 'Always', why: 'calico by WireGuard' };
  const told = clusterMode(model).mode;
  // Between nodes that are no peers, and for a family without it, it is as if there were no WireGuard.
  const isWithout = cni.plugin === 'calico' && told === 'wireguard';
  const mode = isWithout ? 'bgp' : told;
  const byPool = cni.plugin === 'calico' ? wantedByPool(model, pair[1], destination, mode) : undefined;
  const without = isWithout ? `${withoutWireguard(model, pair, family)}: ` : '';
  if (byPool) return { ...byPool, why: `${without}${byPool.why}` };
  const isPlain = CARRIERS[cni.plugin].modes[mode]?.transport[family] === undefined;
  return { mode, when: isPlain ? 'Never' : cni.crossSubnet ? 'CrossSubnet' : 'Always', why: `${without}${cni.plugin} in mode \`${mode}\`` };
}

function withoutWireguard(model: NetworkModel, pair: readonly ModelNode[], family: IpFamily): string {
  const other = pair.find((node) => !isWireguardPeer(model, node, family));
  return hasWireguard(model, family) && other
    ? `node ${other.name} has no WireGuard key of its own`
    : `Felix has no WireGuard for IPv${family}`;
}

/**
 * The pool of the destination decides. Outside of every pool Felix lays no route between nodes (projectcalico/calico `felix/calc/l3_route_resolver.go`: the type of the pool
 * is NONE, and none of the managers of routes takes those), and BIRD, which runs where pools are not of VXLAN, lays those to blocks alone, without a tunnel
 * (`bird_ipam.cfg.template`). Undefined: no pool of the family was imported, or a node's own address stands for that of its device.
 */
function wantedByPool(model: NetworkModel, to: ModelNode, destination: Ip, mode: string): Wanted | undefined {
  const { ipPools } = model.calico;
  const pool = calicoPoolOf(model, destination);
  if (pool) {
    const { encapsulation, mode: when } = encapsulationOf(pool);
    return { mode: encapsulation === 'none' ? 'bgp' : encapsulation, when, why: 'the pool of the destination' };
  }
  if (!ipPools.some(({ cidr }) => cidr?.family === destination.family) || isAddressOf(to, destination)) return undefined;
  const isInBlock = (calicoBlockIndex(model)?.longestMatch(destination) ?? []).length > 0;
  const message = `${formatIp(destination)} is in none of Calico’s pools, and no node has a route by one to ${to.name}`;
  return {
    mode: 'bgp',
    when: 'Never',
    why: 'the destination is in none of Calico’s pools',
    lost: isInBlock && mode !== 'vxlan' ? undefined : { reason: 'NO_POOL_ROUTE', message },
  };
}

/** Whether the address is one of the node’s own. */
export function isAddressOf({ addresses }: ModelNode, ip: Ip): boolean {
  return addresses.some((one) => sameIp(one.ip, ip));
}
