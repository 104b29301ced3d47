import type { Cidr } from '../net/cidr.js';
import type { Resource } from './resource.js';

/** A Subnet of Kube-OVN, as far as MTUs are read from it. */
export interface KubeOvnSubnet extends Resource {
  readonly kind: 'Subnet';
  readonly cidrs: readonly Cidr[];
  /** Of its pods; undefined: not given, or 0, so that the plugin reckons it. */
  readonly mtu: number | undefined;
  /** Its packets go to a VLAN as they are. */
  readonly isUnderlay: boolean;
  /** Pods whose namespace has no subnet of its own are in it. */
  readonly isDefault: boolean;
}
