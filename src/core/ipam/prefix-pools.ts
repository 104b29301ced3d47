import type { Steps } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import { type Cidr, compareCidrs, formatCidr } from '../net/cidr.js';
import { type IpRange, rangeToCidrs } from '../net/ip-set.js';
import type { AddressPlane } from './address-plane.js';
import { liesTo, poolsMeeting } from './all-pools.js';
import type { AllocationBook } from './allocation-book.js';
import { clipRanges } from './clip-ranges.js';
import { heldInSteps } from './held-addresses.js';
import type { IpPool } from './ip-pool.js';
import { MOST_RUNS } from './free-space.js';
import { offeredOf, prepareUsage } from './pool-usage.js';
import type { PoolUtilization } from './pool-utilization.js';
import { rangeText, type UtilizationView, utilizationView } from './pool-view.js';

/** How a pool lies to the prefix. */
export const POOL_RELATIONS = ['same', 'contains', 'within', 'overlaps'] as const;

/** A pool that has addresses of the prefix, and how full that part of it is. */
export interface PrefixPoolView extends UtilizationView {
  readonly pool: string;
  readonly plane: AddressPlane;
  /** What the pool does to the prefix: it contains it, lies within it. */
  readonly relation: (typeof POOL_RELATIONS)[number];
  /** Lowest first. */
  readonly freeRanges: readonly string[];
  /** Largest first. */
  readonly freePrefixes: readonly string[];
}

/** A pool, and the part of it that lies in a range. */
export interface PartOfPool {
  readonly pool: IpPool;
  /** It is counted as a pool is. */
  readonly part: IpPool;
}

/** Free ranges and free prefixes of a pool that are listed. */
const MOST_FREE = 20;
/** Free ranges of all pools together among which the largest prefixes are looked for; of each at least as many as are listed. */
const MOST_LOOKS = 20_480;

/** The pools that have addresses of a range, all of them or those of one plane. Yields often: there may be as many pools as nodes. */
export function* partsOfPools(model: NetworkModel, range: IpRange, plane?: AddressPlane): Steps<readonly PartOfPool[]> {
  yield* heldInSteps(model);
  const parts: PartOfPool[] = [];
  for (const pool of poolsMeeting(model, range)) {
    if (plane !== undefined && pool.plane !== plane) continue;
    yield;
    const clip = (ranges: readonly IpRange[]) => clipRanges(ranges, range);
    const part = { ...pool, span: clip(pool.span), usable: clip(pool.usable), reserved: clip(pool.reserved), layout: null };
    prepareUsage(model, part);
    parts.push({ pool, part });
  }
  return parts;
}

/** The lowest free ranges of a part. `pools`: of how many pools they are listed. */
export function freeRangesOf(model: NetworkModel, book: AllocationBook, part: IpPool, pools: number): readonly IpRange[] {
  const most = Math.max(MOST_FREE, Math.min(MOST_RUNS, Math.floor(MOST_LOOKS / pools)));
  return book.takenOf(part.plane, part.family).free(offeredOf(model, part)).firstRanges(most);
}

/** A part as it is shown. */
export function prefixPoolView({ pool }: PartOfPool, usage: PoolUtilization, free: readonly IpRange[], range: IpRange): PrefixPoolView {
  return {
    pool: pool.name,
    plane: pool.plane,
    relation: relationOf(pool, range),
    ...utilizationView(usage),
    freeRanges: free.slice(0, MOST_FREE).map(rangeText),
    freePrefixes: largestFirst(free.flatMap(rangeToCidrs)).slice(0, MOST_FREE).map(formatCidr),
  };
}

function relationOf(pool: IpPool, range: IpRange): PrefixPoolView['relation'] {
  const { contains, isWithin } = liesTo(pool, range);
  if (contains && isWithin) return 'same';
  return contains ? 'contains' : isWithin ? 'within' : 'overlaps';
}

function largestFirst(cidrs: readonly Cidr[]): readonly Cidr[] {
  return [...cidrs].sort((a, b) => a.prefix - b.prefix || compareCidrs(a, b));
}
