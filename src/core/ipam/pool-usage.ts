import { type IpRange, mergeRanges, rangeOfCidr, subtractRanges } from '../net/ip-set.js';
import type { NetworkModel } from '../model/network-model.js';
import type { AllocationBook } from './allocation-book.js';
import { clipRanges } from './clip-ranges.js';
import { intersectRanges } from './free-space.js';
import { heldAddresses } from './held-addresses.js';
import type { IpPool } from './ip-pool.js';
import type { PoolUtilization } from './pool-utilization.js';
import { countAddresses } from './usable-addresses.js';

/** What of a pool the cluster's objects decide; the rest is what is handed out through the API. */
interface PoolGround {
  readonly capacity: bigint;
  readonly reserved: bigint;
  readonly spanned: bigint;
  /** Usable, and nobody's in the cluster. */
  readonly unheld: readonly IpRange[];
  /** The same without what is reserved. */
  readonly offered: readonly IpRange[];
  /** Between the ends of the pool, and nobody's in the cluster. */
  readonly spare: readonly IpRange[];
  /** The same without what is reserved. */
  readonly open: readonly IpRange[];
  /** The same without the parts that nodes have. */
  readonly undivided: readonly IpRange[];
}

const MEMORY = new WeakMap<IpPool, PoolGround>();

/** Memoised: pools are made once for each model. */
function groundOf(model: NetworkModel, pool: IpPool): PoolGround {
  const known = MEMORY.get(pool);
  if (known) return known;
  const span = mergeRanges(pool.span);
  // What is held elsewhere is not looked at: there may be as many pools as addresses.
  const held = mergeRanges([...span, ...pool.usable]).flatMap((range) => clipRanges(heldAddresses(model), range));
  const unheld = subtractRanges(pool.usable, held);
  const spare = subtractRanges(span, held);
  const open = pool.reserved.length === 0 ? spare : subtractRanges(spare, pool.reserved);
  const blocks = pool.layout?.blocks ?? [];
  const ofNodes = blocks.map(({ cidr }) => rangeOfCidr(cidr));
  const ground = {
    capacity: countAddresses(mergeRanges(pool.usable)),
    reserved: countAddresses(intersectRanges(pool.usable, pool.reserved)),
    spanned: countAddresses(span),
    unheld,
    offered: pool.reserved.length === 0 ? unheld : subtractRanges(unheld, pool.reserved),
    spare,
    open,
    undivided: blocks.length === 0 ? open : subtractRanges(open, ofNodes),
  };
  MEMORY.set(pool, ground);
  return ground;
}

/** Finds out what of a pool does not depend on what is handed out, so that {@link poolUsage} costs little. */
export function prepareUsage(model: NetworkModel, pool: IpPool): void {
  groundOf(model, pool);
}

/** What nobody in the cluster has of a pool, and is not reserved; some of it may be handed out. */
export function offeredOf(model: NetworkModel, pool: IpPool): readonly IpRange[] {
  return groundOf(model, pool).offered;
}

/**
 * Where prefixes may be taken as a whole: what is between the ends of a pool, the addresses that are never handed out one by one too, and is neither reserved nor anybody's in the
 * cluster. `inNodes`: also of the parts that nodes have.
 */
export function offeredWhole(model: NetworkModel, pool: IpPool, inNodes: boolean): readonly IpRange[] {
  const { open, undivided } = groundOf(model, pool);
  return inNodes ? open : undivided;
}

/** How full a pool is. Costs time with the gaps between what the cluster's objects hold, hardly with the number of addresses that are handed out. */
export function poolUsage(model: NetworkModel, book: AllocationBook, pool: IpPool): PoolUtilization {
  const ground = groundOf(model, pool);
  const { capacity, reserved, spanned } = ground;
  const space = book.takenOf(pool.plane, pool.family);
  const offered = space.outsideWide(ground.offered);
  const unheld = space.outsideWide(ground.unheld);
  const spare = space.outsideWide(ground.spare);
  const taken = space.addresses;
  const freeOf = (ranges: readonly IpRange[]): bigint =>
    ranges.reduce((sum, { first, last }) => sum + (last - first + 1n) - BigInt(taken.countIn(first, last)), 0n);
  let [available, fragments, largestFree] = [0n, 0, 0n];
  for (const { first, last } of offered) {
    const gaps = taken.gapsIn(first, last);
    available += gaps.count;
    fragments += gaps.runs;
    if (gaps.longest > largestFree) largestFree = gaps.longest;
  }
  const used = capacity - (offered === unheld ? available : freeOf(unheld));
  return { capacity, used, reserved, available, unusableInUse: spanned - freeOf(spare) - used, fragments, largestFree };
}
