import { compareBy } from '../kernel/compare.js';
import type { ModelNode, ModelPod, NetworkModel } from '../model/network-model.js';
import { formatIp, type Ip } from '../net/ip.js';
import { type IpRange, rangeOfCidr, subtractRanges } from '../net/ip-set.js';
import { type OwnerView, ownersIn } from './address-owners.js';
import type { AllocationBook } from './allocation-book.js';
import type { AllocationMemory } from './allocation-memory.js';
import { type FreeSpace, intersectRanges } from './free-space.js';
import { rangeOf } from './held-addresses.js';
import { CalicoGrants } from './internal/calico/calico-grants.js';
import { hasBlocks, prefixesOf } from './internal/calico/model-pools.js';
import type { IpPool } from './ip-pool.js';
import type { NodeGrant } from './node-grant.js';
import { nodeRanges } from './node-ranges.js';
import { wholePool } from './parts-of-pool.js';
import type { PodPools, PodRefusal, PoolPart } from './pod-pools.js';
import { freeSpaceOf } from './pool-utilization.js';
import { poolsForPod } from './pools-for-pod.js';

/** So many of the taken addresses are named. */
export const MAX_HOLDERS = 3;

/** For whom addresses are looked for, and how many. */
export interface SearchQuestion {
  readonly count: number;
  readonly prefixLength?: number | undefined;
  readonly pod?: ModelPod | undefined;
  readonly node?: string | undefined;
}

/** What is free where in a pool. */
export interface SearchedSpace {
  readonly space: FreeSpace;
  readonly part: PoolPart;
}

const EMPTY: PoolPart = { ranges: [], what: '', isNamed: false };

/** Where in pools addresses are looked for: anywhere, in the ranges of a node, or where the plugin looks for those of a pod. */
export class PoolSearch {
  /** The ranges of the node that is asked for; undefined: of none, or of one that gets its addresses of Calico's blocks. */
  readonly node: readonly IpRange[] | undefined;
  /** The node that is asked for, where Calico's blocks are what it has. */
  private readonly blocksOf: ModelNode | undefined;
  private grants: CalicoGrants | undefined;
  private readonly ofPod: PodPools | undefined;

  constructor(
    private readonly model: NetworkModel,
    private readonly book: AllocationBook,
    private readonly asked: SearchQuestion,
    private readonly memory: AllocationMemory,
  ) {
    const node = asked.node === undefined ? undefined : model.nodes.get(asked.node);
    this.blocksOf = asked.prefixLength === undefined && hasBlocks(model) ? node : undefined;
    this.node = node && !this.blocksOf ? nodeRanges(model, node).map(rangeOfCidr) : undefined;
    this.ofPod = asked.pod && poolsForPod(model, asked.pod);
  }

  /** A pod may name several, which are tried in its order. */
  inOrder(pools: readonly IpPool[]): readonly IpPool[] {
    const { ofPod } = this;
    return ofPod ? [...pools].sort(compareBy((pool) => ofPod.rank(pool))) : pools;
  }

  /** Of a node that is asked for; of a pod the first of the places in which its address is looked for that has enough. */
  spaceIn(pool: IpPool, taken: readonly IpRange[]): SearchedSpace {
    const [first = EMPTY, ...others] =
      this.partsOfNode(pool) ?? (pool.plane === 'pod' ? this.ofPod?.parts(pool) : undefined) ?? wholePool(pool);
    let found = { space: this.spaceOf(pool, first, taken), part: first };
    for (const part of others) {
      if (found.space.free >= BigInt(this.asked.count)) break;
      found = { space: this.spaceOf(pool, part, taken), part };
    }
    return found;
  }

  /** What is free of the parts of a pool that are tried one after the other for the pod; undefined: the strategy alone tells. */
  turnsIn(pool: IpPool, taken: readonly IpRange[]): readonly FreeSpace[] | undefined {
    const turns = this.node || pool.plane !== 'pod' ? undefined : this.ofPod?.turns?.(pool);
    return turns?.map((ranges) => this.spaceOf(pool, { ranges, what: '', isNamed: false }, taken));
  }

  /** Nodes have nothing of pools that are not of pods. */
  private partsOfNode({ plane, usable }: IpPool): readonly PoolPart[] | undefined {
    if (this.blocksOf) return plane === 'pod' ? undefined : [];
    return this.node && [{ ranges: intersectRanges(usable, this.node), what: 'of the node’s ranges', isNamed: false }];
  }

  private spaceOf({ reserved }: IpPool, { ranges, isNamed }: PoolPart, taken: readonly IpRange[]): FreeSpace {
    if (!isNamed) return freeSpaceOf({ usable: ranges, reserved }, taken);
    const own = (this.asked.pod?.ips ?? []).map(({ value }) => value).filter((ip) => this.isOwn(ip));
    return freeSpaceOf({ usable: ranges, reserved: [] }, subtractRanges(taken, own.map(rangeOf)));
  }

  /** Whether nobody but the pod has an address. */
  private isOwn(ip: Ip): boolean {
    const own = this.asked.pod?.ref;
    const isPod = ({ object }: OwnerView) => object?.kind === 'Pod' && object.namespace === own?.namespace && object.name === own?.name;
    return ownersIn(this.model, ip).every(isPod) && this.book.holders(ip).length === 0;
  }

  /** Why the pod gets nothing of a pool; undefined: nothing speaks against it, or no pod is asked for. */
  refusal(pool: IpPool, { space, part }: SearchedSpace): PodRefusal | undefined {
    if (pool.plane !== 'pod' || pool.strategy === null) return undefined;
    const refusal = this.ofPod?.why(pool);
    if (refusal || !part.isNamed || space.free > 0n) return refusal;
    return { reason: 'NAMED_ADDRESS_TAKEN', message: `${part.what}, which is taken: ${this.holdersOf(pool, part.ranges).join(', ')}` };
  }

  /** What the plugin itself gives the node or the pod of a pool that is not refused, as when it is handed out for the node; undefined: the strategy of the pool tells. */
  grantOf(pool: IpPool): NodeGrant | undefined {
    const { count } = this.asked;
    if (pool.plane !== 'pod' || this.node) return undefined;
    if (!this.blocksOf) return this.ofPod?.grant?.(pool, this.book, this.memory, count);
    this.grants ??= new CalicoGrants(this.model, this.book, this.memory);
    return this.grants.any({ node: this.blocksOf, pools: prefixesOf(pool), family: pool.family, count, barred: [] });
  }

  /** Who has the taken addresses, lowest first, the first few. */
  holdersOf(pool: IpPool, taken: readonly IpRange[]): readonly string[] {
    const texts: string[] = [];
    for (const { family, first, last } of taken) {
      for (let value = first; value <= last && texts.length < MAX_HOLDERS; value++) {
        const ip = { family, value };
        const [owner] = ownersIn(this.model, ip);
        const name = owner?.name ?? `\`${this.book.holder(pool.plane, ip)?.identifier ?? 'somebody'}\``;
        texts.push(`${formatIp(ip)} (${name})`);
      }
    }
    return texts;
  }
}
