import { type IpRange, mergeRanges, subtractRanges } from '../net/ip-set.js';
import type { NetworkModel } from '../model/network-model.js';
import type { AllocationBook } from './allocation-book.js';
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
}

const MEMORY = new WeakMap<IpPool, PoolGround>();

/** Memoised: pools are made once for each model. */
function groundOf(model: NetworkModel, pool: IpPool): PoolGround {
  const known = MEMORY.get(pool);
  if (known) return known;
  const held = heldAddresses(model);
  const span = mergeRanges(pool.span);
  const unheld = subtractRanges(pool.usable, held);
  const ground = {
    capacity: countAddresses(mergeRanges(pool.usable)),
    reserved: countAddresses(intersectRanges(pool.usable, pool.reserved)),
    spanned: countAddresses(span),
    unheld,
    offered: pool.reserved.length === 0 ? unheld : subtractRanges(unheld, pool.reserved),
    spare: subtractRanges(span, held),
  };
  MEMORY.set(pool, ground);
  return ground;
}

/** What nobody in the cluster has of a pool, and is not reserved; some of it may be handed out. */
export function offeredOf(model: NetworkModel, pool: IpPool): readonly IpRange[] {
  return groundOf(model, pool).offered;
}

/** How full a pool is. Costs time with the gaps between what the cluster's objects hold, hardly with the number of addresses that are handed out. */
export function poolUsage(model: NetworkModel, book: AllocationBook, pool: IpPool): PoolUtilization {
  const { capacity, reserved, spanned, unheld, offered, spare } = groundOf(model, pool);
  const taken = book.takenOf(pool.plane, pool.family);
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
