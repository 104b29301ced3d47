import type { Steps } from '../../kernel/steps.js';
import type { ModelNode, NetworkModel } from '../../model/network-model.js';
import { familyBits, type Ip } from '../../net/ip.js';
import { type Cidr, cidrContains, cidrOf, formatCidr } from '../../net/cidr.js';
import { type IpRange, rangeOfCidr } from '../../net/ip-set.js';
import type { CalicoIPPool } from '../../resources/calico-ip-pool.js';
import { calicoSelectorMatches } from '../../resources/calico-selector.js';
import { parseCalicoSelector } from '../../resources/parse-calico-selector.js';
import { clipRanges } from '../clip-ranges.js';
import type { IpPool } from '../ip-pool.js';
import type { CapacityLimit } from '../ipam-reasons.js';
import { utilizationOf } from '../pool-utilization.js';

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
  if (model.profile.cni.plugin === 'calico' && cidr) return yield* calicoRule(model, cidr, taken, available);
  if (pool.layout) return nodeRangeRule(model, pool, pool.layout, taken);
  return { reachOf: () => ({ addresses: available, limitedBy: 'POOL_LIMIT' }), moreNodes: undefined };
}

/** The prefix that a pool is of. */
function cidrOfPool({ span: [range], family }: IpPool): Cidr | undefined {
  return range && { family, base: range.first, prefix: familyBits(family) - sizeBits(range) };
}

function declaredPool({ calico }: NetworkModel, cidr: Cidr): CalicoIPPool | undefined {
  return calico.ipPools.find((pool) => pool.cidr && formatCidr(pool.cidr) === formatCidr(cidr));
}

function sizeBits({ first, last }: IpRange): number {
  return (last - first + 1n).toString(2).length - 1;
}

/** Each node has ranges of its own: kube-controller-manager's, out of which host-local or Cilium give addresses. */
function nodeRangeRule(model: NetworkModel, pool: IpPool, layout: NonNullable<IpPool['layout']>, taken: readonly IpRange[]): PoolRule {
  const free = new Map<string, bigint>();
  for (const { cidr, node, usable } of layout.blocks) {
    const span = rangeOfCidr(cidr);
    const { available } = utilizationOf({ usable, reserved: pool.reserved, span: [span] }, clipRanges(taken, span));
    free.set(node, (free.get(node) ?? 0n) + available);
  }
  return {
    reachOf: ({ name }) =>
      free.has(name)
        ? { addresses: free.get(name) ?? 0n, limitedBy: 'NODE_RANGE_LIMIT' }
        : { addresses: 0n, limitedBy: 'POOL_NOT_FOR_NODE' },
    moreNodes: layout.total - BigInt(layout.blocks.length) - occupiedByServices(model, pool, layout.prefix),
  };
}

/** Ranges that the service CIDRs lie in are occupied from the start (kubernetes `pkg/controller/nodeipam/ipam/range_allocator.go`, `filterOutServiceRange`). */
function occupiedByServices({ profile }: NetworkModel, pool: IpPool, prefix: number): bigint {
  return profile.serviceCIDRs.reduce((sum, cidr) => {
    const inside = pool.span.flatMap((span) => clipRanges([span], rangeOfCidr(cidr)));
    const shift = BigInt(familyBits(pool.family) - prefix);
    return sum + inside.reduce((all, { first, last }) => all + (last >> shift) - (first >> shift) + 1n, 0n);
  }, 0n);
}

/** Blocks that one node may have where nobody set a limit (projectcalico/calico `libcalico-go/lib/ipam/ipam.go`). */
const MOST_BLOCKS = 20n;

/**
 * Nodes take whole blocks, twenty at most, and borrow single addresses of others' blocks once no block is left (strict affinity is off by default). Whose a block is, its pods
 * tell: that of the node with most of them.
 */
function* calicoRule(model: NetworkModel, cidr: Cidr, taken: readonly IpRange[], available: bigint): Steps<PoolRule> {
  const declared = declaredPool(model, cidr);
  const bits = BigInt(familyBits(cidr.family) - blockSizeOf(model, cidr, declared));
  const size = 1n << bits;
  const blocks = takenOfBlocks(taken, bits);
  const unclaimed = (rangeOfCidr(cidr).last >> bits) - (cidr.base >> bits) + 1n - BigInt(blocks.size);
  const owned = new Map<string, bigint[]>();
  for (const [block, node] of yield* ownersOfBlocks(model, cidr, bits)) owned.set(node, [...(owned.get(node) ?? []), block]);
  return {
    reachOf: (node) => {
      if (declared?.disabled === true) return { addresses: 0n, limitedBy: 'POOL_DISABLED' };
      if (!serves(declared, node)) return { addresses: 0n, limitedBy: 'POOL_NOT_FOR_NODE' };
      const own = owned.get(node.name) ?? [];
      const toClaim = MOST_BLOCKS > BigInt(own.length) ? MOST_BLOCKS - BigInt(own.length) : 0n;
      if (unclaimed < toClaim) return { addresses: available, limitedBy: 'POOL_LIMIT' };
      const ownFree = own.reduce((sum, block) => sum + size - (blocks.get(block) ?? 0n), 0n);
      return { addresses: ownFree + toClaim * size, limitedBy: 'BLOCK_LIMIT' };
    },
    moreNodes: unclaimed,
  };
}

function blockSizeOf({ profile }: NetworkModel, { family, prefix }: Cidr, declared: CalicoIPPool | undefined): number {
  const otherwise = family === 4 ? (profile.cni.blockSize ?? 26) : 122;
  return Math.max(declared?.blockSize ?? otherwise, prefix);
}

function serves(pool: CalicoIPPool | undefined, { labels }: ModelNode): boolean {
  if (pool?.assignmentMode === 'Manual') return false;
  if (pool?.nodeSelector === undefined) return true;
  const selector = parseCalicoSelector(pool.nodeSelector);
  return !selector.ok || calicoSelectorMatches(selector.value, labels);
}

/** How many addresses are taken of each block that has any. */
function takenOfBlocks(taken: readonly IpRange[], bits: bigint): ReadonlyMap<bigint, bigint> {
  const counts = new Map<bigint, bigint>();
  for (const { first, last } of taken) {
    for (let block = first >> bits; block <= last >> bits; block++) {
      const [from, to] = [block << bits, ((block + 1n) << bits) - 1n];
      const count = (last < to ? last : to) - (first > from ? first : from) + 1n;
      counts.set(block, (counts.get(block) ?? 0n) + count);
    }
  }
  return counts;
}

/** How many parts for nodes a pool of pods has; undefined where it is not cut. */
export function blockCount(model: NetworkModel, pool: IpPool): bigint | undefined {
  const cidr = cidrOfPool(pool);
  if (model.profile.cni.plugin !== 'calico' || !cidr) return pool.layout?.total;
  return 1n << BigInt(blockSizeOf(model, cidr, declaredPool(model, cidr)) - cidr.prefix);
}

/** Whose range or block an address is of, and which it is. */
export interface BlockOwner {
  readonly node: string;
  readonly part: string;
}

/** Whose block of Calico an address is in, as its pods tell; undefined for addresses of no pool. */
export function* blockOwners(model: NetworkModel): Steps<(ip: Ip) => BlockOwner | undefined> {
  const pools: { readonly cidr: Cidr; readonly prefix: number; readonly bits: bigint; readonly owners: ReadonlyMap<bigint, string> }[] = [];
  for (const cidr of model.profile.podCIDRs) {
    const prefix = blockSizeOf(model, cidr, declaredPool(model, cidr));
    const bits = BigInt(familyBits(cidr.family) - prefix);
    pools.push({ cidr, prefix, bits, owners: yield* ownersOfBlocks(model, cidr, bits) });
  }
  return (ip) => {
    const pool = pools.find(({ cidr }) => cidrContains(cidr, ip));
    const node = pool?.owners.get(ip.value >> pool.bits);
    return pool && node !== undefined ? { node, part: formatCidr(cidrOf(ip, pool.prefix)) } : undefined;
  };
}

const PODS_A_STEP = 1000;

/** Block → the node with most pods in it; of equals the first by name. */
function* ownersOfBlocks(model: NetworkModel, cidr: Cidr, bits: bigint): Steps<ReadonlyMap<bigint, string>> {
  const counts = new Map<bigint, Map<string, number>>();
  for (const [index, { nodeName, ips, finished, spec }] of model.pods.entries()) {
    if (index % PODS_A_STEP === 0) yield;
    if (!nodeName || finished || spec.hostNetwork) continue;
    for (const { value } of ips) {
      if (!cidrContains(cidr, value)) continue;
      const nodes = counts.get(value.value >> bits) ?? new Map<string, number>();
      nodes.set(nodeName.value, (nodes.get(nodeName.value) ?? 0) + 1);
      counts.set(value.value >> bits, nodes);
    }
  }
  const most = (nodes: ReadonlyMap<string, number>) =>
    [...nodes].reduce((best, one) => (one[1] > best[1] || (one[1] === best[1] && one[0] < best[0]) ? one : best))[0];
  return new Map([...counts].map(([block, nodes]) => [block, most(nodes)]));
}
