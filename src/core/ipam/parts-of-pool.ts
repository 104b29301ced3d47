import { firstFew } from '../kernel/first-few.js';
import type { ModelPod, NetworkModel } from '../model/network-model.js';
import { formatCidr } from '../net/cidr.js';
import { type IpRange, mergeRanges, rangeOfCidr, subtractRanges } from '../net/ip-set.js';
import { intersectRanges } from './free-space.js';
import type { IpPool, PoolBlock } from './ip-pool.js';
import type { PoolPart } from './pod-pools.js';

/** What becomes of a pod whose node has nothing left of its own part. */
export type Beyond =
  /** It gets no address: the node has its range for good. */
  | 'nothing'
  /** The node gets one more part, of what no node has. */
  | 'unclaimed';

/** The whole of a pool. */
export function wholePool({ usable }: IpPool): readonly PoolPart[] {
  return [{ ranges: usable, what: '', isNamed: false }];
}

/** Where a pod gets its address of a pool that is cut for nodes: of its own node's parts, and beyond them by the plugin's rule. A pod on no node may get any. */
export function partsForNode(model: NetworkModel, pool: IpPool, pod: ModelPod, beyond: Beyond): readonly PoolPart[] {
  const node = nodeOf(model, pool, pod);
  if (node === undefined) return wholePool(pool);
  const blocks = pool.layout?.blocks ?? [];
  const own = ownBlocks(pool, node);
  const what = `of ${firstFew(
    own.map(({ cidr }) => formatCidr(cidr)),
    3,
  )}, which node ${node} has`;
  const mine: readonly PoolPart[] = own.length > 0 ? [{ ranges: intersectRanges(pool.usable, rangesOf(own)), what, isNamed: false }] : [];
  if (beyond === 'nothing') return mine;
  return [...mine, { ranges: subtractRanges(pool.usable, rangesOf(blocks)), what: 'of what no node has', isNamed: false }];
}

/** Whether the node of the pod has a part of the pool, or needs none. */
export function hasPart(model: NetworkModel, pool: IpPool, pod: ModelPod): boolean {
  const node = nodeOf(model, pool, pod);
  return node === undefined || ownBlocks(pool, node).length > 0;
}

/** Undefined: the pool is not cut for nodes, or the pod is on none. */
function nodeOf({ nodes }: NetworkModel, { layout }: IpPool, { nodeName }: ModelPod): string | undefined {
  return nodeName && nodes.has(nodeName.value) && layout && layout.blocks.length > 0 ? nodeName.value : undefined;
}

function ownBlocks({ layout }: IpPool, node: string): readonly PoolBlock[] {
  return (layout?.blocks ?? []).filter((block) => block.node === node);
}

function rangesOf(blocks: readonly PoolBlock[]): readonly IpRange[] {
  return mergeRanges(blocks.map(({ cidr }) => rangeOfCidr(cidr)));
}
