import { inMap } from '../../../kernel/in-map.js';
import { type Cidr, cidrContains, formatCidr } from '../../../net/cidr.js';
import { familyBits, formatIp, type Ip, type IpFamily, sameIp } from '../../../net/ip.js';
import type { Labels } from '../../../resources/resource.js';
import { type CalicoPool, type CalicoPoolUse, choosePools, notForUse, poolsForUse, selectsNode } from '../../calico-pool-choice.js';
import { BlockAffinities } from './block-affinities.js';
import { blockOf, CalicoBlocks, type ClaimedBlock, type StandingBlocks } from './calico-blocks.js';
import { blockLimit, CLAIMS_NO_BLOCKS, limitReached, type NoOwnBlock, nothingFree } from './block-limit.js';
import { BlockUsages, type Usage } from './block-usages.js';
import type { Holder, ReleaseItem } from './calico-block.js';
import { type Assigned, type AutoAssignment, type CalicoIpamConfig, type FixedAssignment, hostOf, type Refusal } from './calico-request.js';
import { outside } from './outside-pools.js';
import type { ReservedAddresses } from './reserved-addresses.js';
import { type HostReserve, isWindows, reserveOf, WINDOWS_HANDLE, WINDOWS_NEEDS_STRICT_AFFINITY } from './windows-hosts.js';

/**
 * Calico's address management, without a store: node-affine blocks, block limits, borrowing, handles, sequence numbers, cooldown
 * (projectcalico/calico `libcalico-go/lib/ipam/ipam.go`).
 */
export class CalicoIpam {
  readonly blocks: CalicoBlocks;
  now = 0;
  readonly affinities = new BlockAffinities(this);
  private readonly usages = new BlockUsages();

  constructor(
    public pools: readonly CalicoPool[],
    private readonly nodes: Map<string, Labels>,
    public config: CalicoIpamConfig,
    private readonly reserved: ReservedAddresses,
    standing?: StandingBlocks,
  ) {
    this.blocks = new CalicoBlocks(standing);
  }

  setNode(node: string, labels: Labels): void {
    this.nodes.set(node, labels);
  }

  /** Puts pools in place of those of the same prefix. */
  setPools(pools: readonly CalicoPool[]): void {
    const texts = new Set(pools.map(({ cidr }) => formatCidr(cidr)));
    this.pools = [...this.pools.filter(({ cidr }) => !texts.has(formatCidr(cidr))), ...pools];
  }

  deletePool(cidr: Cidr): void {
    this.pools = this.pools.filter((pool) => formatCidr(pool.cidr) !== formatCidr(cidr));
  }

  /** How many addresses are held, and how many of them by another node than their block's. */
  usage(): Usage {
    return this.usages.of(this.blocks.all());
  }

  /** Gives addresses: of the node's own blocks, of new ones up to the limit, then single ones of other nodes' blocks. */
  autoAssign(request: AutoAssignment): Assigned | Refusal {
    const { family, handle, count } = request;
    const had = handle === undefined ? [] : this.addressesOf(handle).filter((ip) => ip.family === family);
    if (request.maxPerHandle > 0 && had.length >= request.maxPerHandle) return { addresses: had, messages: [], error: null };
    const reserve = request.reserve ?? reserveOf(this.labelsOf(request), family);
    const kept = reserve.start + reserve.end;
    const chosen = this.poolsFor(request, kept);
    if ('code' in chosen) return chosen;
    const host = hostOf(request);
    const addresses: Ip[] = [];
    const own = this.ownBlocks(chosen, host, family);
    for (const claimed of own) this.fill(claimed, { handle, node: host }, count, addresses);
    const ofOwn = addresses.length;
    const lack = this.fromOtherBlocks({ ...request, reserve }, chosen, host, own.length, addresses);
    const hostHandle = kept > 0 ? { hostHandle: WINDOWS_HANDLE } : {};
    return { addresses, ...lack, ...hostHandle, isDrawn: isDrawn(chosen, addresses.slice(ofOwn)) };
  }

  /** Gives one address, reserved or not. Of a block that is claimed for it a Windows node keeps nothing: Calico's plugin says so of automatic assignment alone (`ipam_plugin.go`, cmdAdd). */
  assign({ node, ip, handle, use, maxPerHandle }: FixedAssignment): Refusal | undefined {
    const pool = this.pools.find((one) => one.enabled && cidrContains(one.cidr, ip));
    if (!pool) return { code: 'NOT_IN_RANGE', message: 'The provided IP address is not in a configured pool' };
    if (use && !pool.allowedUses.includes(use)) return { code: 'USE_NOT_ALLOWED', message: notForUse(pool, ip, use) };
    const had = handle === undefined || maxPerHandle === 0 ? [] : this.addressesOf(handle).filter(({ family }) => family === ip.family);
    if (had.some((one) => sameIp(one, ip))) return undefined;
    if (maxPerHandle > 0 && had.length >= maxPerHandle) {
      return { code: 'HANDLE_LIMIT', message: `handle ${handle ?? ''} already has IP(s) allocated: ${had.map(formatIp).join(' ')}` };
    }
    if (this.isBarred(this.labelsOf({ node, use }))) return WINDOWS_NEEDS_STRICT_AFFINITY;
    const [host, cidr] = [hostOf({ node, use }), blockOf(pool, ip)];
    const claimed = this.blocks.at(cidr) ?? this.blocks.claim(cidr, host, this.now);
    if (this.config.strictAffinity && claimed.owner !== host) return notOfHost(claimed);
    if (!claimed.block.assign(ip, { handle, node: host }))
      return { code: 'ALREADY_ALLOCATED', message: 'Address already assigned in block' };
    this.blocks.noteHandle(handle, claimed);
    return undefined;
  }

  /** Releases addresses, block by block: a block with an outdated or foreign owner among them releases nothing, and the first of these is told; the others release theirs. */
  release(items: readonly ReleaseItem[]): { readonly unallocated: readonly string[]; readonly released: number } | Refusal {
    const unallocated: string[] = [];
    let released = 0;
    const byBlock = new Map<ClaimedBlock, ReleaseItem[]>();
    for (const item of items) {
      const claimed = this.blockWith(item.ip);
      if (claimed) inMap(byBlock, claimed, () => []).push(item);
      else unallocated.push(formatIp(item.ip));
    }
    let refusal: Refusal | undefined;
    for (const [claimed, ofBlock] of byBlock) {
      const outcome = claimed.block.release(ofBlock, this.now);
      if (typeof outcome === 'string') {
        refusal ??= { code: outcome, message: RELEASE_REFUSALS[outcome] };
        continue;
      }
      unallocated.push(...outcome.unallocated);
      released += outcome.released;
      this.afterRelease(claimed);
    }
    return refusal ?? { unallocated, released };
  }

  /** Releases everything a handle has, and tells how much that was. */
  releaseByHandle(handle: string): number {
    let released = 0;
    for (const claimed of this.blocks.ofHandle(handle)) {
      released += claimed.block.releaseByHandle(handle, this.now);
      this.afterRelease(claimed);
    }
    return released;
  }

  addressesOf(handle: string): readonly Ip[] {
    return this.blocks.ofHandle(handle).flatMap(({ block }) => block.addresses((holder) => holder.handle === handle));
  }

  /** Who has an address, and under which sequence. */
  holderOf(ip: Ip): (Holder & { readonly sequence: bigint }) | undefined {
    return this.blockWith(ip)?.block.holderOf(ip);
  }

  /** The node's first block that serves, or a new one of which the host keeps the ends. */
  ensureBlock(node: string, family: IpFamily, pools: readonly Cidr[], reserve: HostReserve): Cidr | Refusal {
    const request = { node, family, use: 'Workload' as const, pools, namespaceLabels: undefined };
    const chosen = this.poolsFor(request, reserve.start + reserve.end);
    if ('code' in chosen) return chosen;
    const own = this.ownBlocks(chosen, node, family).find(({ cidr }) => this.reserved.endOfWhole(cidr) === undefined);
    if (own) return own.cidr;
    if (!this.config.autoAllocateBlocks) return CLAIMS_NO_BLOCKS;
    const cidr = this.blocks.unclaimed(chosen, node, this.now, this.reserved);
    if (!cidr) return { code: 'POOL_EXHAUSTED', message: 'No Free Blocks' };
    return this.blocks.claim(cidr, node, this.now, reserve).cidr;
  }

  /** Lets released addresses come back whose cooldown is over. */
  settle(): void {
    this.blocks.collect(this.now, this.config.cooldownSeconds);
  }

  private poolsFor(
    request: Pick<AutoAssignment, 'node' | 'family' | 'use' | 'pools' | 'namespaceLabels'>,
    keptOfBlock: number,
  ): readonly CalicoPool[] | Refusal {
    const { node, family, use, pools: requested, namespaceLabels } = request;
    const nodeLabels = this.labelsOf(request);
    if (!nodeLabels) return { code: 'NODE_NOT_FOUND', message: `there is no node ${node}` };
    const selecting = choosePools(this.pools, { family, requested, nodeLabels, namespaceLabels, keptOfBlock });
    if (!selecting.ok) return selecting.error;
    if (selecting.value.length === 0) return { code: 'NO_POOL_FOR_NODE', message: `no configured Calico pools for node ${node}` };
    const allowed = poolsForUse(selecting.value, use);
    if (!allowed.ok) return allowed.error;
    if (this.isBarred(nodeLabels)) return WINDOWS_NEEDS_STRICT_AFFINITY;
    this.giveUpStrayBlocks(hostOf(request), family, selecting.value, nodeLabels);
    return allowed.value;
  }

  /** Load balancers have no node. */
  private labelsOf({ node, use }: { readonly node: string; readonly use: CalicoPoolUse | undefined }): Labels | undefined {
    return use === 'LoadBalancer' ? {} : this.nodes.get(node);
  }

  private isBarred(labels: Labels | undefined): boolean {
    return isWindows(labels) && !this.config.strictAffinity;
  }

  /** An empty block of a pool that no longer takes the node is given up. */
  private giveUpStrayBlocks(host: string, family: IpFamily, selecting: readonly CalicoPool[], labels: Labels): void {
    const isOutside = outside(selecting.map(({ cidr }) => cidr));
    for (const claimed of this.blocks.affineTo(host, family)) if (isOutside(claimed)) this.giveUpIfStray(claimed, labels);
  }

  private giveUpIfStray(claimed: ClaimedBlock, labels: Labels): void {
    const pool = this.affinities.poolAround(claimed.cidr);
    if (pool && !selectsNode(pool, labels) && claimed.block.isEmpty()) this.blocks.disown(claimed);
  }

  private ownBlocks(pools: readonly CalicoPool[], host: string, family: IpFamily): readonly ClaimedBlock[] {
    const isOutside = outside(pools.map(({ cidr }) => cidr));
    return this.blocks.affineTo(host, family).filter((claimed) => !isOutside(claimed));
  }

  /** Fills `addresses` from new blocks of the node, then from other nodes' blocks. */
  private fromOtherBlocks(request: AutoAssignment, pools: readonly CalicoPool[], host: string, owned: number, addresses: Ip[]): NoOwnBlock {
    const lack = this.fromNewBlocks(request, pools, host, owned, addresses);
    if (lack.error || addresses.length === request.count) return lack;
    if (this.config.strictAffinity) return { messages: ['No more free affine blocks and strict affinity enabled'], error: null };
    const exhausted = this.borrow(pools, { handle: request.handle, node: host }, request.count, addresses);
    return { messages: exhausted.length > 0 ? [`No IPs available in pools: [${exhausted.join(' ')}]`] : [], error: null };
  }

  private fromNewBlocks(request: AutoAssignment, pools: readonly CalicoPool[], host: string, before: number, addresses: Ip[]): NoOwnBlock {
    const { handle, count, reserve, maxBlocks } = request;
    const limit = blockLimit(this.config.maxBlocksPerHost, maxBlocks);
    for (let owned = before; addresses.length < count; owned++) {
      if (owned >= limit) return limitReached(limit);
      if (!this.config.autoAllocateBlocks) return { messages: [], error: CLAIMS_NO_BLOCKS };
      const cidr = this.blocks.unclaimed(pools, host, this.now, this.reserved);
      if (!cidr) break;
      const had = addresses.length;
      this.fill(this.blocks.claim(cidr, host, this.now, reserve), { handle, node: host }, count, addresses);
      if (addresses.length === had) return nothingFree(cidr);
    }
    return { messages: [], error: null };
  }

  /** Fills `addresses` from any block of the pools; the pools that did not have enough. */
  private borrow(
    pools: readonly CalicoPool[],
    holder: Holder & { readonly node: string },
    count: number,
    addresses: Ip[],
  ): readonly string[] {
    const exhausted: string[] = [];
    for (const pool of pools) {
      for (const claimed of this.blocks.toBorrowFrom(pool, holder.node, this.reserved)) {
        if (addresses.length >= count) break;
        this.fill(claimed, holder, count, addresses);
      }
      if (addresses.length >= count) break;
      exhausted.push(formatCidr(pool.cidr));
    }
    return exhausted;
  }

  private fill(claimed: ClaimedBlock, holder: Holder, count: number, addresses: Ip[]): void {
    if (addresses.length >= count) return;
    const taken = claimed.block.take(count - addresses.length, holder, this.reserved.has);
    if (taken.length > 0) this.blocks.noteHandle(holder.handle, claimed);
    addresses.push(...taken);
  }

  private blockWith(ip: Ip): ClaimedBlock | undefined {
    const pool = this.pools.find(({ cidr, enabled }) => enabled && cidrContains(cidr, ip));
    return (pool && this.blocks.at(blockOf(pool, ip))) ?? (pool ? undefined : this.blocks.holding(ip));
  }

  private afterRelease(claimed: ClaimedBlock): void {
    this.blocks.noteRelease(claimed);
    this.settle();
    const labels = claimed.owner === undefined ? undefined : this.nodes.get(claimed.owner);
    if (labels) this.giveUpIfStray(claimed, labels);
  }
}

/** What a refused release is told. */
export const RELEASE_REFUSALS = {
  HANDLE_MISMATCH: 'the address belongs to another handle',
  STALE_SEQUENCE: 'the address was given to another owner since',
} as const;

/** Of an address of a block that is another host's, or nobody's, while affinity is strict (`ipam_block.go`, assign). */
function notOfHost({ owner, cidr }: ClaimedBlock): Refusal {
  const message =
    owner === undefined ? `Attempt to assign from block ${formatCidr(cidr)} with no affinity` : 'Block host affinity does not match';
  return { code: 'STRICT_AFFINITY', message };
}

/** Whether one of these is of a block of one address, which Calico begins to look for at a place that it draws by the time (`ipam_block_reader_writer.go`, determineSeed). */
function isDrawn(pools: readonly CalicoPool[], addresses: readonly Ip[]): boolean {
  const drawn = pools.filter(({ cidr, blockSize }) => blockSize === familyBits(cidr.family));
  return drawn.length > 0 && addresses.some((ip) => drawn.some(({ cidr }) => cidrContains(cidr, ip)));
}
