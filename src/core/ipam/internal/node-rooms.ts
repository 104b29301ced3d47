import { inMap } from '../../kernel/in-map.js';
import type { Steps } from '../../kernel/steps.js';
import type { ModelNode, NetworkModel } from '../../model/network-model.js';
import { familyBits } from '../../net/ip.js';
import { type Cidr, cidrCovers, formatCidr } from '../../net/cidr.js';
import { type IpRange, mergeRanges, rangeOfCidr, subtractRanges } from '../../net/ip-set.js';
import { type CalicoIPPool, whyClosed } from '../../resources/calico-ip-pool.js';
import { calicoSelectorMatches } from '../../resources/calico-selector.js';
import { parseCalicoSelector } from '../../resources/parse-calico-selector.js';
import { clipRanges } from '../clip-ranges.js';
import type { IpPool } from '../ip-pool.js';
import type { CapacityLimit } from '../ipam-reasons.js';
import { utilizationOf } from '../pool-utilization.js';
import { untoldAddresses } from '../untold-addresses.js';
import { countAddresses } from '../usable-addresses.js';
import { declaredPool } from './declared-pool.js';
import { type BlockOwners, ownersByPods } from './owners-by-pods.js';
import { rangeGiver } from './range-giver.js';

/** How many addresses a node can still get out of a pool, and what keeps it from more. */
export interface NodeReach {
  readonly addresses: bigint;
  readonly limitedBy: CapacityLimit;
}

/** How a plugin brings a pool's addresses to nodes. */
export interface PoolRule {
  reachOf(node: ModelNode): NodeReach;
  /** Nodes that can still join and get a part of the pool; undefined: any number. */
  readonly moreNodes: bigint | undefined;
}

/** The rule of a cluster's plugin for one of its pod pools. `taken`: what somebody has of it; `available`: what nobody has. Yields often. */
export function* poolRule(model: NetworkModel, pool: IpPool, taken: readonly IpRange[], available: bigint): Steps<PoolRule> {
  const cidr = cidrOfPool(pool);
  if (model.profile.cni.plugin === 'calico' && cidr) return yield* calicoRule(model, cidr, pool, taken, available);
  if (pool.layout) return nodeRangeRule(model, pool, pool.layout, taken);
  return { reachOf: () => ({ addresses: available, limitedBy: 'POOL_LIMIT' }), moreNodes: undefined };
}

/** The prefix that a pool is of. */
function cidrOfPool({ span: [range], family }: IpPool): Cidr | undefined {
  return range && { family, base: range.first, prefix: familyBits(family) - sizeBits(range) };
}

function sizeBits({ first, last }: IpRange): number {
  return (last - first + 1n).toString(2).length - 1;
}

/** Each node has ranges of its own: kube-controller-manager's, out of which host-local or Cilium give addresses. */
function nodeRangeRule(model: NetworkModel, pool: IpPool, layout: NonNullable<IpPool['layout']>, taken: readonly IpRange[]): PoolRule {
  const free = new Map<string, bigint>();
  for (const { cidr, node, usable } of layout.blocks) {
    if (node === null) continue;
    const span = rangeOfCidr(cidr);
    const { available } = utilizationOf({ usable, reserved: pool.reserved, span: [span] }, clipRanges(taken, span));
    const untold = BigInt(untoldAddresses(model, node, cidr));
    free.set(node, (free.get(node) ?? 0n) + (available > untold ? available - untold : 0n));
  }
  return {
    reachOf: ({ name }) =>
      free.has(name)
        ? { addresses: free.get(name) ?? 0n, limitedBy: 'NODE_RANGE_LIMIT' }
        : { addresses: 0n, limitedBy: 'POOL_NOT_FOR_NODE' },
    moreNodes: layout.total - BigInt(layout.blocks.length) - occupiedByServices(model, pool, layout),
  };
}

/**
 * Parts that the service CIDRs lie in are occupied from the start, each once, however many of them it meets (kubernetes
 * `pkg/controller/nodeipam/ipam/range_allocator.go`, `filterOutServiceRange`); one that a node has is the node's. Cilium's operator does not look at them.
 */
function occupiedByServices(model: NetworkModel, pool: IpPool, { prefix, blocks }: NonNullable<IpPool['layout']>): bigint {
  if (rangeGiver(model) === 'operator') return 0n;
  const { profile } = model;
  const inside = profile.serviceCIDRs.flatMap((cidr) => pool.span.flatMap((span) => clipRanges([span], rangeOfCidr(cidr))));
  const shift = BigInt(familyBits(pool.family) - prefix);
  const whole = ({ family, first, last }: IpRange): IpRange => ({
    family,
    first: (first >> shift) << shift,
    last: (((last >> shift) + 1n) << shift) - 1n,
  });
  const parts = subtractRanges(
    mergeRanges(inside.map(whole)),
    blocks.map(({ cidr }) => rangeOfCidr(cidr)),
  );
  return countAddresses(parts) >> shift;
}

/** Blocks that one node may have where nobody set a limit (projectcalico/calico `libcalico-go/lib/ipam/ipam.go`). */
const MOST_BLOCKS = 20n;

/**
 * Nodes take whole blocks, twenty at most, and borrow single addresses of others' blocks once no block is left. IPAMConfig may forbid the one or the other, and set another limit.
 * Whose a block is, IPAMBlocks tell; where none was imported its pods and devices do: it is that of the node with most of them.
 */
function* calicoRule(model: NetworkModel, cidr: Cidr, pool: IpPool, taken: readonly IpRange[], available: bigint): Steps<PoolRule> {
  const declared = declaredPool(model, cidr);
  const bits = BigInt(familyBits(cidr.family) - blockSizeOf(model, cidr, declared));
  const size = 1n << bits;
  const imported = importedBlocks(model, cidr, bits);
  const claimed = new Set([...numbersOfBlocks(taken, bits), ...imported.keys()]);
  const unclaimed = (rangeOfCidr(cidr).last >> bits) - (cidr.base >> bits) + 1n - BigInt(claimed.size);
  const owned = new Map<string, bigint[]>();
  for (const [block, node] of yield* ownersOfBlocks(model, cidr, bits, imported)) {
    if (node !== null) inMap(owned, node, () => []).push(block);
  }
  const occupied = mergeRanges([...taken, ...pool.reserved]);
  const freeOf = (block: bigint): bigint =>
    size - countAddresses(clipRanges(occupied, { family: cidr.family, first: block << bits, last: ((block + 1n) << bits) - 1n }));
  const { strictAffinity = false, autoAllocateBlocks = true, maxBlocksPerHost = 0 } = model.calico.ipam.config ?? {};
  const most = maxBlocksPerHost > 0 ? BigInt(maxBlocksPerHost) : MOST_BLOCKS;
  return {
    reachOf: (node) => {
      if (declared && whyClosed(declared)) return { addresses: 0n, limitedBy: 'POOL_DISABLED' };
      if (!serves(declared, node)) return { addresses: 0n, limitedBy: 'POOL_NOT_FOR_NODE' };
      const own = owned.get(node.name) ?? [];
      const mayClaim = autoAllocateBlocks && most > BigInt(own.length) ? most - BigInt(own.length) : 0n;
      const reached = own.reduce((sum, block) => sum + freeOf(block), 0n) + (mayClaim < unclaimed ? mayClaim : unclaimed) * size;
      if (unclaimed >= mayClaim) return { addresses: reached < available ? reached : available, limitedBy: 'BLOCK_LIMIT' };
      return strictAffinity ? { addresses: reached, limitedBy: 'STRICT_AFFINITY' } : { addresses: available, limitedBy: 'POOL_LIMIT' };
    },
    moreNodes: unclaimed,
  };
}

/** Prefix length of the blocks of a pool. */
export function blockSizeOf({ profile }: NetworkModel, { family, prefix }: Cidr, declared: CalicoIPPool | undefined): number {
  const otherwise = family === 4 ? (profile.cni.blockSize ?? 26) : 122;
  return Math.max(declared?.blockSize ?? otherwise, prefix);
}

function serves(pool: CalicoIPPool | undefined, { labels }: ModelNode): boolean {
  if (pool?.assignmentMode === 'Manual') return false;
  if (pool?.nodeSelector === undefined) return true;
  const selector = parseCalicoSelector(pool.nodeSelector);
  return !selector.ok || calicoSelectorMatches(selector.value, labels);
}

/** Blocks, by their number, of which an address is taken. */
function numbersOfBlocks(taken: readonly IpRange[], bits: bigint): ReadonlySet<bigint> {
  const numbers = new Set<bigint>();
  for (const { first, last } of taken) for (let block = first >> bits; block <= last >> bits; block++) numbers.add(block);
  return numbers;
}

/** How many parts for nodes a pool of pods has; undefined where it is not cut. */
export function blockCount(model: NetworkModel, pool: IpPool): bigint | undefined {
  const cidr = cidrOfPool(pool);
  if (model.profile.cni.plugin !== 'calico' || !cidr) return pool.layout?.total;
  return 1n << BigInt(blockSizeOf(model, cidr, declaredPool(model, cidr)) - cidr.prefix);
}

function* ownersOfBlocks(model: NetworkModel, cidr: Cidr, bits: bigint, imported = importedBlocks(model, cidr, bits)): Steps<BlockOwners> {
  if (model.calico.ipam.blocks.length > 0) return imported;
  return (yield* ownersByPods(model, [{ cidr, bits }])).get(formatCidr(cidr)) ?? new Map();
}

function importedBlocks({ calico }: NetworkModel, pool: Cidr, bits: bigint): BlockOwners {
  return new Map(
    calico.ipam.blocks.flatMap(({ cidr, affinity }): readonly (readonly [bigint, string | null])[] =>
      cidr && cidrCovers(pool, cidr) ? [[cidr.base >> bits, affinity?.type === 'host' ? affinity.name : null]] : [],
    ),
  );
}
