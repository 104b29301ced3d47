import type { Answer } from '../kernel/answer.js';
import { didYouMeanHint } from '../kernel/did-you-mean.js';
import { Trail } from '../kernel/evidence.js';
import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import { formatIp } from '../net/ip.js';
import { type IpRange, rangeOfCidr } from '../net/ip-set.js';
import type { NetworkModel } from '../model/network-model.js';
import type { AllocationStrategy } from './allocation-strategy.js';
import { admits, allPools, type PoolFilter, takenIn, unknownPool } from './all-pools.js';
import { chooseAddress } from './choose-address.js';
import { type FreeSpace, intersectRanges } from './free-space.js';
import type { AllocationBook } from './allocation-book.js';
import type { IpPool } from './ip-pool.js';
import type { IpamReason } from './ipam-reasons.js';
import { confidenceOf, poolAssumptions } from './list-pools.js';
import { freeSpaceOf } from './pool-utilization.js';
import { ReleaseQueue } from './release-queue.js';
import { SeededNumbers } from './seeded-numbers.js';

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
  readonly count: number;
  /** Left out: the pool's own. */
  readonly strategy?: AllocationStrategy | undefined;
  /** Only of this node's ranges. */
  readonly node?: string | undefined;
  /** Moves the starting points of `banded` and `random`. */
  readonly seed: string;
}

/** A pool that does not serve, and the first reason. */
export interface RejectedPool {
  readonly pool: string;
  readonly reason: IpamReason;
  readonly available: string;
}

/** What the question answers with. */
export interface NextFreeResult {
  /** Null where no pool serves. */
  readonly pool: string | null;
  readonly strategy: AllocationStrategy | null;
  /** In the order in which they would be handed out. */
  readonly addresses: readonly string[];
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
}

/** Which addresses would be handed out next; nothing is taken. Pools are asked in the order they are listed in. Fails with `unknown-pool` and `unknown-node`. */
export function nextFree(
  model: NetworkModel,
  book: AllocationBook,
  asked: NextFreeQuestion,
): Result<Answer<NextFreeVerdict, NextFreeResult>, Problem> {
  const pools = allPools(model);
  const names = pools.map(({ name }) => name);
  if (asked.pool !== undefined && !names.includes(asked.pool)) return err(unknownPool(asked.pool, names));
  if (asked.node !== undefined && !model.nodes.has(asked.node)) return err(unknownNode(model, asked.node));
  const choice = new PoolChoice(model, book, asked);
  const served = choice.from(pools);
  const addresses = served ? choice.addressesOf(served) : [];
  const candidates = pools.filter((pool) => admits(asked, pool));
  const verdict = served ? 'AVAILABLE' : candidates.length > 0 ? 'EXHAUSTED' : 'NO_POOLS';
  const involved = served ? [served.pool] : candidates;
  return ok({
    verdict,
    summary: served
      ? `${addresses.slice(0, 3).join(', ')}${addresses.length > 3 ? ` and ${addresses.length - 3} more` : ''} of \`${served.pool.name}\``
      : `no pool has ${asked.count} free ${asked.count === 1 ? 'address' : 'addresses'}`,
    result: {
      pool: served?.pool.name ?? null,
      strategy: served?.strategy ?? null,
      addresses,
      available: String(served?.available ?? 0n),
      rejectedPools: choice.rejected,
      allocationSequence: book.sequence,
    },
    evidence: choice.trail.list(),
    assumptions: poolAssumptions(involved),
    warnings: [],
    confidence: confidenceOf(involved),
    enforcement: null,
  });
}

function unknownNode(model: NetworkModel, name: string): Problem {
  const names = [...model.nodes.keys()];
  const hint = didYouMeanHint(name, names) ?? `the nodes are ${names.slice(0, 20).join(', ')}`;
  return problem('unknown-node', `there is no node \`${name}\``, { hint });
}

/** Looks for the pool that serves, and notes why the others do not. */
class PoolChoice {
  readonly trail = new Trail();
  readonly rejected: RejectedPool[] = [];
  private readonly node: readonly IpRange[] | undefined;

  constructor(
    private readonly model: NetworkModel,
    private readonly book: AllocationBook,
    private readonly asked: NextFreeQuestion,
  ) {
    const node = asked.node === undefined ? undefined : model.nodes.get(asked.node);
    this.node = node?.podCIDRs.map(({ value }) => rangeOfCidr(value));
  }

  from(pools: readonly IpPool[]): Served | undefined {
    for (const pool of pools) {
      if (this.asked.pool !== undefined && pool.name !== this.asked.pool) continue;
      const strategy = this.asked.strategy ?? pool.strategy;
      const taken = takenIn(this.model, this.book, pool);
      const space = freeSpaceOf(
        { usable: this.node ? intersectRanges(pool.usable, this.node) : pool.usable, reserved: pool.reserved },
        taken,
      );
      const reason = this.refusal(pool, space.free);
      if (strategy !== null && !reason) {
        this.explain(pool, strategy, space);
        return { pool, strategy, space, available: space.free };
      }
      this.reject(pool, reason ?? 'POOL_HAS_NO_STRATEGY', space.free);
    }
    return undefined;
  }

  /** Takes them from the space. */
  addressesOf({ pool, strategy, space }: Served): readonly string[] {
    const numbers = new SeededNumbers(`${pool.name} ${this.asked.seed}`);
    const released = new ReleaseQueue();
    const addresses: string[] = [];
    let cursor: bigint | undefined;
    while (addresses.length < this.asked.count) {
      const value = chooseAddress(space, strategy, { cursor, released, upperBand: pool.bands?.dynamic?.[0], numbers });
      if (value === undefined) break;
      space.take(value);
      cursor = value;
      addresses.push(formatIp({ family: pool.family, value }));
    }
    const message = `strategy \`${strategy}\` gives ${addresses.slice(0, 10).join(', ')}${addresses.length > 10 ? ' …' : ''}`;
    this.trail.add({ stage: 'address-choice', outcome: 'selected', reason: 'CHOSEN', message, provenance: 'derived' });
    return addresses;
  }

  private refusal(pool: IpPool, free: bigint): IpamReason | undefined {
    if (this.asked.plane !== undefined && pool.plane !== this.asked.plane) return 'OTHER_PLANE';
    if (this.asked.family !== undefined && pool.family !== this.asked.family) return 'OTHER_FAMILY';
    if (pool.strategy === null) return 'POOL_HAS_NO_STRATEGY';
    if (free === 0n) return 'POOL_EXHAUSTED';
    return free < BigInt(this.asked.count) ? 'POOL_TOO_SMALL' : undefined;
  }

  private reject(pool: IpPool, reason: IpamReason, free: bigint): void {
    this.rejected.push({ pool: pool.name, reason, available: String(free) });
    const message = `\`${pool.name}\` (${pool.plane}, IPv${pool.family}) has ${free} free, ${this.asked.count} asked for`;
    this.trail.add({ stage: 'pool-choice', outcome: 'excluded', reason, message, provenance: pool.provenance });
  }

  private explain(pool: IpPool, strategy: AllocationStrategy, space: FreeSpace): void {
    const { provenance } = pool;
    const message = `\`${pool.name}\` has ${space.free} free addresses; its strategy is \`${strategy}\``;
    const parent = this.trail.add({ stage: 'pool-choice', outcome: 'selected', reason: 'POOL_SELECTED', message, provenance });
    if (pool.reserved.length === 0) return;
    const kept = `${pool.reserved.length} reserved ${pool.reserved.length === 1 ? 'range is' : 'ranges are'} left alone`;
    this.trail.add({ stage: 'address-choice', outcome: 'excluded', reason: 'RESERVED_SKIPPED', message: kept, parent, provenance });
  }
}
