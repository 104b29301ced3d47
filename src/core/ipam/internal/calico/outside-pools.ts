import { type Cidr, cidrCovers, firstIp } from '../../../net/cidr.js';
import { CidrIndex } from '../../../net/cidr-index.js';

/** Whether none of these pools covers a block. Blocks and pools may both be many: they are looked up. */
export function outside(pools: readonly Cidr[]): (block: { readonly cidr: Cidr }) => boolean {
  const index = CidrIndex.of(pools.map((cidr) => [cidr, cidr] as const));
  return ({ cidr }) => ![...index.at(firstIp(cidr))].some((pool) => cidrCovers(pool, cidr));
}
