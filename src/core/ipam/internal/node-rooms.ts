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
import { type HostReserve, isWindows, isWindowsHandle, NO_RESERVE, reserveOf } from './calico/windows-hosts.js';
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
 * Nodes take whole blocks, twenty at most, then empty ones of others, and borrow single addresses of others' blocks once there is none of either. IPAMConfig may forbid the one or the other, and set another
 * limit; nodes with Windows keep addresses of each block and neither borrow nor lend. Whose a block is, IPAMBlocks tell; where none was imported its pods and devices do: it is that of the node with most of them.
 */
function* calicoRule(model: NetworkModel, cidr: Cidr, pool: IpPool, taken: readonly IpRange[], available: bigint): Steps<PoolRule> {
  const declared = declaredPool(model, cidr);
  const bits = BigInt(familyBits(cidr.family) - blockSizeOf(model, cidr, declared));
  const imported = importedBlocks(model, cidr, bits);
  const owned = new Map<string, bigint[]>();
  for (const [block, node] of yield* ownersOfBlocks(model, cidr, bits, imported)) {
    if (node !== null) inMap(owned, node, () => []).push(block);
  }
  const blocks = new BlockRoom(cidr, bits, taken, pool.reserved);
  const unclaimed = blocks.unclaimed([...imported.keys()]);
  const idle = idleBlocks(model, cidr, taken);
  const { strictAffinity = false, autoAllocateBlocks = true, maxBlocksPerHost = 0 } = model.calico.ipam.config ?? {};
  const most = maxBlocksPerHost > 0 ? BigInt(maxBlocksPerHost) : MOST_BLOCKS;
  return {
    reachOf: (node) => {
      if (declared && whyClosed(declared)) return { addresses: 0n, limitedBy: 'POOL_DISABLED' };
      if (!serves(declared, node)) return { addresses: 0n, limitedBy: 'POOL_NOT_FOR_NODE' };
      if (isWindows(node.labels) && !strictAffinity) return { addresses: 0n, limitedBy: 'STRICT_AFFINITY' };
      const kept = reserveOf(node.labels, cidr.family);
      // Its host would keep all of a block: Calico finds no qualified pool.
      if (blocks.usable(kept) === 0n) return { addresses: 0n, limitedBy: 'POOL_NOT_FOR_NODE' };
      const own = owned.get(node.name) ?? [];
      const mayClaim = autoAllocateBlocks && most > BigInt(own.length) ? most - BigInt(own.length) : 0n;
      if (!strictAffinity && unclaimed < mayClaim) return { addresses: available, limitedBy: 'POOL_LIMIT' };
      const claimable = unclaimed + idle.total - (idle.ofNode.get(node.name) ?? 0n);
      // An imported block tells by itself what its host keeps of it.
      const ofOwn = own.reduce((sum, block) => sum + blocks.free(block, imported.size > 0 ? NO_RESERVE : kept), 0n);
      const reached = ofOwn + smaller(mayClaim, claimable) * blocks.usable(kept);
      return { addresses: smaller(reached, available), limitedBy: claimable >= mayClaim ? 'BLOCK_LIMIT' : 'STRICT_AFFINITY' };
    },
    moreNodes: unclaimed,
  };
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** What is left of the blocks of a pool, which are told by their numbers. Ranges may be of more blocks than can be listed. */
class BlockRoom {
  private readonly occupied: readonly IpRange[];

  constructor(
    private readonly pool: Cidr,
    private readonly bits: bigint,
    private readonly taken: readonly IpRange[],
    reserved: readonly IpRange[],
  ) {
    this.occupied = mergeRanges([...taken, ...reserved]);
  }

  /** How many blocks nobody has anything of, beside those that somebody claims. */
  unclaimed(claimed: readonly bigint[]): bigint {
    const whole = this.taken.map(({ first, last }): IpRange => ({
      family: this.pool.family,
      first: (first >> this.bits) << this.bits,
      last: (((last >> this.bits) + 1n) << this.bits) - 1n,
    }));
    const { first, last } = rangeOfCidr(this.pool);
    const parts = clipRanges(mergeRanges([...whole, ...claimed.map((block) => this.rangeOf(block, NO_RESERVE))]), rangeOfCidr(this.pool));
    return (last - first + 1n - countAddresses(parts)) >> this.bits;
  }

  /** Addresses of a block that its host does not keep and nobody has. */
  free(block: bigint, kept: HostReserve): bigint {
    const range = this.rangeOf(block, kept);
    return range.first > range.last ? 0n : this.usable(kept) - countAddresses(clipRanges(this.occupied, range));
  }

  /** Addresses of a new block that its host does not keep. */
  usable({ start, end }: HostReserve): bigint {
    const left = (1n << this.bits) - BigInt(start + end);
    return left > 0n ? left : 0n;
  }

  private rangeOf(block: bigint, { start, end }: HostReserve): IpRange {
    const first = block << this.bits;
    return { family: this.pool.family, first: first + BigInt(start), last: first + (1n << this.bits) - 1n - BigInt(end) };
  }
}

/** Blocks of a pool of which nobody but their hosts has an address: other nodes take them where no other is left (`ipam_block_reader_writer.go`, findUsableBlock). */
function idleBlocks(
  { calico }: NetworkModel,
  pool: Cidr,
  taken: readonly IpRange[],
): { readonly total: bigint; readonly ofNode: ReadonlyMap<string, bigint> } {
  const ofNode = new Map<string, bigint>();
  let total = 0n;
  for (const { cidr, affinity, claims } of calico.ipam.blocks) {
    if (!cidr || !affinity || !cidrCovers(pool, cidr) || claims.some(({ handle }) => !isWindowsHandle(handle))) continue;
    if (countAddresses(clipRanges(taken, rangeOfCidr(cidr))) > BigInt(claims.length)) continue;
    total++;
    if (affinity.type === 'host') ofNode.set(affinity.name, (ofNode.get(affinity.name) ?? 0n) + 1n);
  }
  return { total, ofNode };
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
