import { MOST_V6_CHILDREN_BITS } from '../../net/child-cidrs.js';
import { type Cidr, cidrCovers, cidrsOverlap, compareCidrs, formatCidr } from '../../net/cidr.js';
import type { IpFamily } from '../../net/ip.js';

/** Why Cilium's operator takes no such prefixes. */
export interface CidrSetFault {
  readonly code: 'RANGE_OVERLAP' | 'SUBNET_TOO_BIG';
  readonly message: string;
}

/** Why no pool can have such new prefixes (`cidralloc.go`, NewCIDRSets; `pkg/ipam/cidrset/cidr_set.go`, NewCIDRSet: an IPv6 prefix has 2^16 parts at most). */
export function cidrSetFault(added: readonly Cidr[], maskSize: Readonly<Record<IpFamily, number | undefined>>): CidrSetFault | undefined {
  for (const family of [4, 6] as const) {
    const own = added.filter((cidr) => cidr.family === family);
    const collision = collisionIn(own, maskSize[family]);
    if (collision !== undefined) return { code: 'RANGE_OVERLAP', message: collision };
    if (family === 6 && own.some(({ prefix }) => (maskSize[6] ?? prefix) - prefix > MOST_V6_CHILDREN_BITS))
      return { code: 'SUBNET_TOO_BIG', message: 'New CIDR set failed; the node CIDR size is too big' };
  }
  return undefined;
}

/** What is new in a pool shares no address, nor is it named twice (`cidralloc.go`, NewCIDRSets): the first that does, and with which one before it; undefined where none does. */
function collisionIn(cidrs: readonly Cidr[], mask: number | undefined): string | undefined {
  const sorted = cidrs.map((cidr, place) => ({ cidr, place })).sort((a, b) => compareCidrs(a.cidr, b.cidr));
  const around: { readonly cidr: Cidr; readonly earliest: number }[] = [];
  let first = cidrs.length;
  for (const { cidr, place } of sorted) {
    let outer = around.at(-1);
    for (; outer && !cidrCovers(outer.cidr, cidr); outer = around.at(-1)) around.pop();
    if (outer) first = Math.min(first, Math.max(outer.earliest, place));
    around.push({ cidr, earliest: Math.min(outer?.earliest ?? place, place) });
  }
  const requested = cidrs[first];
  const other = requested && cidrs.find((cidr) => cidrsOverlap(cidr, requested));
  if (!requested || !other) return undefined;
  return `requested CIDR ${formatCidr(requested)} collides with clusterCIDR: ${formatCidr(other)}, nodeMask: ${mask ?? other.prefix}`;
}
