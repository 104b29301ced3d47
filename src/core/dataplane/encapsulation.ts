import type { CalicoEncapsulation } from '../resources/calico-ip-pool.js';
import { type Cidr, cidrContains } from '../net/cidr.js';
import type { Ip } from '../net/ip.js';

/** When packets to another node are wrapped. `CrossSubnet` is also what Flannel calls DirectRouting, and Antrea hybrid. */
export type EncapsulationMode = CalicoEncapsulation;

/** Where a packet to another node begins and ends. */
export interface NodePair {
  /** The subnet of the node that sends; undefined: not known. Only this side counts. */
  readonly localSubnet: Cidr | undefined;
  readonly remoteAddress: Ip;
  readonly sameNode: boolean;
}

/** Whether a packet is wrapped. */
export interface EncapsulationDecision {
  readonly encapsulate: boolean;
  /** Evaluated for `CrossSubnet` alone; false elsewhere. */
  readonly sameSubnet: boolean;
}

/**
 * Whether a packet is wrapped on its way (projectcalico/calico `felix/calc/l3_route_resolver.go`, nodeInOurSubnet; flannel-io/flannel
 * `pkg/backend/vxlan/vxlan_network.go`, directRouting). Across subnets means: the subnet of the local node does not hold the remote node's address. Nodes with
 * different masks may therefore decide differently, each for its own direction. An unknown subnet wraps.
 */
export function encapsulationDecision(mode: EncapsulationMode, { localSubnet, remoteAddress, sameNode }: NodePair): EncapsulationDecision {
  const sameSubnet = mode === 'CrossSubnet' && localSubnet !== undefined && cidrContains(localSubnet, remoteAddress);
  return { encapsulate: !sameNode && mode !== 'Never' && !sameSubnet, sameSubnet };
}

/** What a Calico pool says of encapsulation. */
export interface EncapsulatingPool {
  readonly cidr: Cidr | undefined;
  readonly ipipMode: CalicoEncapsulation;
  readonly vxlanMode: CalicoEncapsulation;
}

/** The pool with the longest prefix that holds the address. */
function poolOf<P extends Pick<EncapsulatingPool, 'cidr'>>(pools: readonly P[], ip: Ip): P | undefined {
  let best: P | undefined;
  for (const pool of pools) {
    if (pool.cidr && cidrContains(pool.cidr, ip) && pool.cidr.prefix >= (best?.cidr?.prefix ?? 0)) best = pool;
  }
  return best;
}

/** How packets to an address are wrapped, and when. */
export interface PoolEncapsulation {
  readonly encapsulation: 'ipip' | 'vxlan' | 'none';
  readonly mode: EncapsulationMode;
}

/** What a pool asks for. IPIP and VXLAN exclude one another. */
export function encapsulationOf({ ipipMode, vxlanMode }: EncapsulatingPool): PoolEncapsulation {
  if (vxlanMode !== 'Never') return { encapsulation: 'vxlan', mode: vxlanMode };
  if (ipipMode !== 'Never') return { encapsulation: 'ipip', mode: ipipMode };
  return { encapsulation: 'none', mode: 'Never' };
}

/** The pool of the **destination** decides; undefined: it lies in no pool, and there is no route by one. */
export function encapsulationTo(pools: readonly EncapsulatingPool[], destination: Ip): PoolEncapsulation | undefined {
  const pool = poolOf(pools, destination);
  return pool && encapsulationOf(pool);
}
