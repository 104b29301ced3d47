import type { CiliumLoadBalancerIPPool, IPAddressPool } from '../resources/load-balancer-pool.js';

/** The pools that services of type LoadBalancer get their addresses from, by who gives them, each in the order of its names. */
export interface LoadBalancerPools {
  readonly cilium: readonly CiliumLoadBalancerIPPool[];
  readonly metallb: readonly IPAddressPool[];
}
