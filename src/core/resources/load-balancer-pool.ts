import type { IpRange } from '../net/ip-set.js';
import type { LabelSelector } from './label-selector.js';
import type { Resource } from './resource.js';

/** Addresses of one block of a CiliumLoadBalancerIPPool. */
export interface LoadBalancerBlock {
  readonly range: IpRange;
  /** The first and the last address are nobody's (`allowFirstLastIPs: No`). */
  readonly keepsEnds: boolean;
}

/** A CiliumLoadBalancerIPPool: addresses that Cilium's operator gives to services of type LoadBalancer. */
export interface CiliumLoadBalancerIPPool extends Resource {
  readonly kind: 'CiliumLoadBalancerIPPool';
  readonly blocks: readonly LoadBalancerBlock[];
  /** Which services may have its addresses; their name and namespace count as labels. */
  readonly serviceSelector: LabelSelector;
  /** Services keep what they have, and nobody gets more. */
  readonly disabled: boolean;
}

/** Whom an IPAddressPool is kept for. */
export interface ServiceAllocation {
  /** Lower first; 0 comes last. */
  readonly priority: number;
  readonly namespaces: readonly string[];
  /** Namespaces with labels that one of them matches are named too. */
  readonly namespaceSelectors: readonly LabelSelector[];
  readonly serviceSelectors: readonly LabelSelector[];
}

/** An IPAddressPool: addresses that MetalLB gives to services of type LoadBalancer. */
export interface IPAddressPool extends Resource {
  readonly kind: 'IPAddressPool';
  /** In the order in which they are tried. */
  readonly ranges: readonly IpRange[];
  /** False: only services that name the pool or an address get one. */
  readonly autoAssign: boolean;
  /** IPv4 addresses that end in .0 or .255 are nobody's. */
  readonly avoidBuggyIPs: boolean;
  /** Undefined: it is for anybody. */
  readonly serviceAllocation: ServiceAllocation | undefined;
}
