import type { Answer } from '../kernel/answer.js';
import { Trail } from '../kernel/evidence.js';
import { firstFew } from '../kernel/first-few.js';
import type { Problem } from '../kernel/problem.js';
import { problemAt } from '../kernel/problem-place.js';
import { err, ok, type Result } from '../kernel/result.js';
import { type Cidr, formatCidr } from '../net/cidr.js';
import { familyBits, formatIp } from '../net/ip.js';
import type { IpRange } from '../net/ip-set.js';
import type { ModelPod, NetworkModel } from '../model/network-model.js';
import { notInOrderOfBlocks, unsuited } from './allocation-problems.js';
import { tooLong } from './allocation-source.js';
import { type AllocationStrategy, choosesPrefixes } from './allocation-strategy.js';
import { admits, allPools, type PoolFilter, poolsAdmitted, takenIn } from './all-pools.js';
import { choiceState } from './choice-state.js';
import type { ChoiceState } from './choose-address.js';
import { type FreeSpace, intersectRanges } from './free-space.js';
import type { AllocationBook } from './allocation-book.js';
import { AllocationMemory } from './allocation-memory.js';
import { blockChance } from './internal/calico/block-chance.js';
import { hasBlocks } from './internal/calico/model-pools.js';
import type { IpPool } from './ip-pool.js';
import type { IpamReason } from './ipam-reasons.js';
import type { RejectedPool } from './rejected-pool.js';
import { type NodeGrant, partsText } from './node-grant.js';
import { confidenceOf, poolAssumptions, usageAssumptions } from './list-pools.js';
import type { PodRefusal, PoolPart } from './pod-pools.js';
import { MAX_HOLDERS, PoolSearch } from './pool-search.js';
import { pickAddresses, pickInTurns } from './pick-addresses.js';
import { offeredWhole } from './pool-usage.js';
import { unknownNode } from '../model/unknown-node.js';
import { countAddresses } from './usable-addresses.js';

const NOTHING = new AllocationMemory();

/** Whether there are as many as were asked for. */
export const NEXT_FREE_VERDICTS = {
  AVAILABLE: 'one pool has so many free addresses',
  EXHAUSTED: 'no pool that fits has so many free addresses',
  NO_POOLS: 'no pool fits the question',
} as const satisfies Record<string, string>;

/** One of them. */
export type NextFreeVerdict = keyof typeof NEXT_FREE_VERDICTS;

/** What is asked: which pools may serve, how many addresses, of which node's range, and chosen how. */
export interface NextFreeQuestion extends PoolFilter {
  /** Addresses, or prefixes where `prefixLength` is given. */
  readonly count: number;
  /** Whole prefixes of this length in place of addresses. */
  readonly prefixLength?: number | undefined;
  /** Left out: the pool's own; `lowest` of prefixes. */
  readonly strategy?: AllocationStrategy | undefined;
  /** Only of pools that the plugin may give this pod an address of. */
  readonly pod?: ModelPod | undefined;
  /** Only of this node's ranges. */
  readonly node?: string | undefined;
  /** Moves the starting points of `banded` and `random`; empty: what was handed out last does. */
  readonly seed: string;
}

/** What the question answers with. */
export interface NextFreeResult {
  /** Null where no pool serves. */
  readonly pool: string | null;
  readonly strategy: AllocationStrategy | null;
  /** In the order in which they would be handed out. */
  readonly addresses: readonly string[];
  /** In the order in which they would be handed out; none where addresses are asked for. */
  readonly prefixes: readonly string[];
  /** Free addresses of that pool before these are taken, as decimal text. */
  readonly available: string;
  readonly rejectedPools: readonly RejectedPool[];
  /** Of the newest allocation or release the answer knows of; 0 before the first. */
  readonly allocationSequence: number;
}

/** A pool that serves, its free addresses, and how they are chosen. */
interface Served {
  readonly pool: IpPool;
  readonly strategy: AllocationStrategy;
  readonly space: FreeSpace;
  readonly available: bigint;
  /** Undefined where addresses are asked for. */
  readonly prefixes: readonly Cidr[] | undefined;
  /** What the plugin itself gives; undefined: the strategy tells. */
  readonly grant: NodeGrant | undefined;
}

/** What of a served pool is told. */
interface Explained extends Pick<Served, 'pool' | 'strategy' | 'space'> {
  readonly taken: readonly IpRange[];
  readonly part: PoolPart;
}

/**
 * Which addresses would be handed out next; nothing is taken. They are those that an allocation gets with the same strategy, seed and node, by the same functions, and a pod those that its node gets.
 * Pools are asked in the order they are listed in. `memory`: of the same change as the book. Fails with `unknown-pool`, `unknown-node` and `invalid-request`.
 */
export function nextFree(
  model: NetworkModel,
  book: AllocationBook,
  asked: NextFreeQuestion,
  memory: AllocationMemory = NOTHING,
): Result<Answer<NextFreeVerdict, NextFreeResult>, Problem> {
  const pools = allPools(model);
  const admitted = poolsAdmitted(model, asked);
  if (!admitted.ok) return admitted;
  if (asked.node !== undefined && !model.nodes.has(asked.node)) return err(problemAt('/node', unknownNode(model.nodes.keys(), asked.node)));
  if (asked.prefixLength !== undefined && asked.strategy && !choosesPrefixes(asked.strategy)) return err(unsuited(asked.strategy));
  const given = givenOfBlocks(model, asked);
  if (given && asked.strategy && asked.strategy !== 'fifo') return err(notInOrderOfBlocks(asked.strategy, given));
  const named = asked.pool === undefined ? undefined : admitted.value[0];
  if (named && asked.prefixLength !== undefined && asked.prefixLength > familyBits(named.family)) return err(tooLong(named));
  const choice = new PoolChoice(model, book, asked, memory);
  const served = choice.from(pools);
  const addresses = served && !served.prefixes ? choice.addressesOf(served) : [];
  const prefixes = served?.prefixes?.map(formatCidr) ?? [];
  const candidates = admitted.value;
  const verdict = served ? 'AVAILABLE' : candidates.length > 0 ? 'EXHAUSTED' : 'NO_POOLS';
  const involved = served ? [served.pool] : candidates;
  const assumptions = [...blockChance(served?.grant?.parts ?? []), ...poolAssumptions(involved), ...usageAssumptions(model, involved)];
  return ok({
    verdict,
    summary: served ? `${firstFew([...addresses, ...prefixes], 3)} of \`${served.pool.name}\`` : `no pool has ${wanted(asked)} free`,
    result: {
      pool: served?.pool.name ?? null,
      strategy: served?.strategy ?? null,
      addresses,
      prefixes,
      available: String(served?.available ?? 0n),
      rejectedPools: choice.rejected,
      allocationSequence: book.sequence,
    },
    evidence: choice.trail.list(),
    assumptions,
    warnings: [],
    confidence: confidenceOf(assumptions),
    enforcement: null,
  });
}

/** Whether an answer goes by the past: `fifo` and `roundRobin` do, and the blocks of Calico's nodes. */
export function looksBack(
  model: NetworkModel,
  asked: PoolFilter & Pick<NextFreeQuestion, 'strategy' | 'node'>,
  isForPod: boolean,
): boolean {
  if ((isForPod || asked.node !== undefined) && hasBlocks(model)) return true;
  const strategies = asked.strategy ? [asked.strategy] : allPools(model).flatMap((pool) => (admits(asked, pool) ? [pool.strategy] : []));
  return strategies.some((strategy) => strategy === 'fifo' || strategy === 'roundRobin');
}

/** For whom addresses are asked that Calico gives of blocks; undefined: for nobody. */
function givenOfBlocks(model: NetworkModel, { pod, node, prefixLength }: NextFreeQuestion): 'node' | 'pod' | undefined {
  if (prefixLength !== undefined || !hasBlocks(model)) return undefined;
  if (node !== undefined) return 'node';
  return pod?.nodeName && model.nodes.has(pod.nodeName.value) ? 'pod' : undefined;
}

/** `one address`, `3 prefixes of /24`. */
function wanted({ count, prefixLength }: NextFreeQuestion): string {
  const number = count === 1 ? 'one' : String(count);
  if (prefixLength === undefined) return `${number} ${count === 1 ? 'address' : 'addresses'}`;
  return `${number} ${count === 1 ? 'prefix' : 'prefixes'} of /${prefixLength}`;
}

/** Looks for the pool that serves, and notes why the others do not. */
class PoolChoice {
  readonly trail = new Trail();
  readonly rejected: RejectedPool[] = [];
  private readonly search: PoolSearch;

  constructor(
    private readonly model: NetworkModel,
    private readonly book: AllocationBook,
    private readonly asked: NextFreeQuestion,
    private readonly memory: AllocationMemory,
  ) {
    this.search = new PoolSearch(model, book, asked, memory);
  }

  from(pools: readonly IpPool[]): Served | undefined {
    for (const pool of this.search.inOrder(pools)) {
      if (this.asked.pool !== undefined && pool.name !== this.asked.pool) continue;
      const strategy = pool.strategy && (this.asked.strategy ?? (this.asked.prefixLength === undefined ? pool.strategy : 'lowest'));
      const prefixes = strategy === null ? undefined : this.prefixesOf(pool, strategy);
      const taken = takenIn(this.model, this.book, pool);
      const { space, part } = this.search.spaceIn(pool, taken);
      const refused = this.isOther(pool) ? undefined : this.search.refusal(pool, { space, part });
      const grant = refused || prefixes || this.isOther(pool) ? undefined : this.search.grantOf(pool);
      const ofPod = refused ?? grant?.lack ?? undefined;
      const reason = ofPod?.reason ?? this.refusal(pool, space.free, prefixes);
      if (strategy !== null && !reason) {
        const parent = this.explain({ pool, strategy, space, taken, part });
        if (prefixes) this.explainPrefixes(pool, strategy, prefixes, parent);
        return { pool, strategy, space, available: space.free, prefixes, grant };
      }
      this.reject(pool, reason ?? 'POOL_HAS_NO_STRATEGY', space.free, reason === ofPod?.reason ? ofPod : undefined);
    }
    return undefined;
  }

  addressesOf({ pool, strategy, space, grant }: Served): readonly string[] {
    if (grant) return this.granted(grant);
    const turns = strategy === pool.strategy ? this.search.turnsIn(pool, takenIn(this.model, this.book, pool)) : undefined;
    const values = pickInTurns(turns ?? [space], strategy, this.asked.count, this.stateOf(pool, strategy, 0));
    const addresses = values.map((value) => formatIp({ family: pool.family, value }));
    const message = `strategy \`${strategy}\` gives ${addresses.slice(0, 10).join(', ')}${addresses.length > 10 ? ' …' : ''}`;
    this.trail.add({ stage: 'address-choice', outcome: 'selected', reason: 'CHOSEN', message, provenance: 'derived' });
    return addresses;
  }

  private stateOf(pool: IpPool, strategy: AllocationStrategy, hostBits: number): ChoiceState {
    return choiceState(pool, { strategy, hostBits, seed: this.asked.seed || undefined }, this.book, this.memory);
  }

  private granted({ given, parts }: NodeGrant): readonly string[] {
    const message = `the node${this.asked.node === undefined ? ' of the pod' : ''} gets ${partsText(parts)}`;
    this.trail.add({ stage: 'address-choice', outcome: 'selected', reason: 'CHOSEN', message, provenance: 'derived' });
    return given.map(({ ip }) => formatIp(ip));
  }

  /** The free prefixes that are asked for; the parts that nodes have are not free. */
  private prefixesOf(pool: IpPool, strategy: AllocationStrategy): readonly Cidr[] | undefined {
    const { family, plane } = pool;
    const { prefixLength, count } = this.asked;
    if (prefixLength === undefined) return undefined;
    const hostBits = familyBits(family) - prefixLength;
    if (hostBits < 0) return [];
    const whole = offeredWhole(this.model, pool, this.search.node !== undefined);
    const space = this.book.takenOf(plane, family).free(this.search.node ? intersectRanges(whole, this.search.node) : whole, hostBits);
    const units = pickAddresses(space, strategy, count, this.stateOf(pool, strategy, hostBits));
    return units.map((unit) => ({ family, base: unit << BigInt(hostBits), prefix: prefixLength }));
  }

  private refusal(pool: IpPool, free: bigint, prefixes: readonly Cidr[] | undefined): IpamReason | undefined {
    const other = this.isOther(pool);
    if (other) return other;
    if (pool.strategy === null) return 'POOL_HAS_NO_STRATEGY';
    if (prefixes) return prefixes.length < this.asked.count ? 'POOL_TOO_SMALL' : undefined;
    if (free === 0n) return 'POOL_EXHAUSTED';
    return free < BigInt(this.asked.count) ? 'POOL_TOO_SMALL' : undefined;
  }

  private isOther({ plane, family }: IpPool): IpamReason | undefined {
    const asked = this.asked.plane ?? (this.asked.pod ? 'pod' : undefined);
    if (asked !== undefined && plane !== asked) return 'OTHER_PLANE';
    return this.asked.family !== undefined && family !== this.asked.family ? 'OTHER_FAMILY' : undefined;
  }

  private reject(pool: IpPool, reason: IpamReason, free: bigint, ofPod: PodRefusal | undefined): void {
    this.rejected.push({ pool: pool.name, reason, available: String(free) });
    const message = ofPod
      ? `\`${pool.name}\`: ${ofPod.message}`
      : `\`${pool.name}\` (${pool.plane}, IPv${pool.family}) has ${free} free, asked for ${wanted(this.asked)}`;
    this.trail.add({ stage: 'pool-choice', outcome: 'excluded', reason, message, provenance: pool.provenance });
  }

  private explainPrefixes(pool: IpPool, strategy: AllocationStrategy, prefixes: readonly Cidr[], parent: number): void {
    const blocks = pool.layout?.blocks.length ?? 0;
    if (blocks > 0 && !this.search.node) {
      const message = `${blocks} ${blocks === 1 ? 'part belongs to a node' : 'parts belong to nodes'}`;
      this.trail.add({
        stage: 'address-choice',
        outcome: 'excluded',
        reason: 'TAKEN_SKIPPED',
        message,
        parent,
        provenance: pool.provenance,
      });
    }
    const message = `strategy \`${strategy}\` gives ${firstFew(prefixes.map(formatCidr), 3)}`;
    this.trail.add({ stage: 'address-choice', outcome: 'selected', reason: 'CHOSEN', message, parent, provenance: 'derived' });
  }

  private explain({ pool, strategy, space, taken, part }: Explained): number {
    const { provenance } = pool;
    const free = `\`${pool.name}\` has ${space.free} free addresses${part.what && ` ${part.what}`}; its strategy is \`${strategy}\``;
    const message = part.isNamed ? `${part.what}, which is one of \`${pool.name}\` and nobody else’s` : free;
    const parent = this.trail.add({ stage: 'pool-choice', outcome: 'selected', reason: 'POOL_SELECTED', message, provenance });
    const [first] = taken;
    if (first) {
      const count = countAddresses(taken);
      const message = `${count} ${count === 1n ? 'address is' : 'addresses are'} taken: ${this.search.holdersOf(pool, taken).join(', ')}${count > MAX_HOLDERS ? ' …' : ''}`;
      this.trail.add({ stage: 'address-choice', outcome: 'excluded', reason: 'TAKEN_SKIPPED', message, parent, provenance: 'derived' });
    }
    if (pool.reserved.length === 0) return parent;
    const kept = `${pool.reserved.length} reserved ${pool.reserved.length === 1 ? 'range is' : 'ranges are'} left alone`;
    this.trail.add({ stage: 'address-choice', outcome: 'excluded', reason: 'RESERVED_SKIPPED', message: kept, parent, provenance });
    return parent;
  }
}
