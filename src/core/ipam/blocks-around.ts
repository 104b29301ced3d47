import { CidrIndex } from '../net/cidr-index.js';
import type { Ip } from '../net/ip.js';
import type { BlockLayout, IpPool, PoolBlock } from './ip-pool.js';

const INDEXES = new WeakMap<BlockLayout, CidrIndex<PoolBlock>>();

/** The ranges and blocks of a pool that an address is in, the smallest first. They may be as many as nodes: they are looked up. Memoised: a layout never changes. */
export function blocksAround({ layout }: Pick<IpPool, 'layout'>, ip: Ip): readonly PoolBlock[] {
  if (!layout) return [];
  const index = INDEXES.get(layout) ?? CidrIndex.of(layout.blocks.map((block) => [block.cidr, block] as const));
  INDEXES.set(layout, index);
  return [...index.at(ip)];
}
