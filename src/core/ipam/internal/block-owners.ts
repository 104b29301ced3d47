import type { Steps } from '../../kernel/steps.js';
import type { NetworkModel } from '../../model/network-model.js';
import { type Cidr, cidrOf, formatCidr } from '../../net/cidr.js';
import { CidrIndex } from '../../net/cidr-index.js';
import { familyBits, type Ip } from '../../net/ip.js';
import { declaredPool } from './declared-pool.js';
import { blockSizeOf } from './node-rooms.js';
import { ownersByPods } from './owners-by-pods.js';

/** Whose range or block an address is of, and which it is. */
export interface BlockOwner {
  readonly node: string;
  readonly part: string;
}

/** Whose block of Calico an address is in; undefined for addresses of no pool and of blocks that are no node's. */
export function* blockOwners(model: NetworkModel): Steps<(ip: Ip) => BlockOwner | undefined> {
  const { profile, calico } = model;
  if (calico.ipam.blocks.length > 0) {
    const pools = yield* CidrIndex.inSteps(profile.podCIDRs.map((cidr) => [cidr, cidr] as const));
    const blocks = yield* CidrIndex.inSteps(
      calico.ipam.blocks.flatMap(({ cidr, affinity }): readonly (readonly [Cidr, BlockOwner])[] =>
        cidr && affinity?.type === 'host' ? [[cidr, { node: affinity.name, part: formatCidr(cidr) }]] : [],
      ),
    );
    return (ip) => (pools.holds(ip) ? blocks.longestMatch(ip)?.[0] : undefined);
  }
  const ranges = profile.podCIDRs.map((cidr) => {
    const prefix = blockSizeOf(model, cidr, declaredPool(model, cidr));
    return { cidr, prefix, bits: BigInt(familyBits(cidr.family) - prefix) };
  });
  const owners = yield* ownersByPods(model, ranges);
  const index = yield* CidrIndex.inSteps(ranges.map((range) => [range.cidr, range] as const));
  return (ip) => {
    const range = index.longestMatch(ip)?.[0];
    const node = range && owners.get(formatCidr(range.cidr))?.get(ip.value >> range.bits);
    return range && node !== undefined && node !== null ? { node, part: formatCidr(cidrOf(ip, range.prefix)) } : undefined;
  };
}
