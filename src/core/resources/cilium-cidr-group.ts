import type { Cidr } from '../net/cidr.js';
import type { Resource } from './resource.js';

/** A list of networks that policies of Cilium name (`cilium.io/v2`, before `v2alpha1`, CiliumCIDRGroup). */
export interface CiliumCIDRGroup extends Resource {
  readonly kind: 'CiliumCIDRGroup';
  readonly cidrs: readonly Cidr[];
}
