import { formatIp } from '../../../net/ip.js';
import type { IpRange } from '../../../net/ip-set.js';
import type { CiliumLoadBalancerIPPool, LoadBalancerBlock } from '../../../resources/load-balancer-pool.js';

/** The addresses of a block that may be given out. */
export function usableOfBlock({ range, keepsEnds }: LoadBalancerBlock): IpRange {
  return keepsEnds ? { ...range, first: range.first + 1n, last: range.last - 1n } : range;
}

/** Why a pool is disabled by Cilium itself. */
export interface PoolConflict {
  readonly why: string;
  /** As the operator writes it into the status of the pool. */
  readonly message: string;
}

/** Pools that Cilium itself disables, by name: Cilium `operator/pkg/lbipam/lbipam.go`, `settleConflicts`. */
export function conflictsOf(pools: readonly CiliumLoadBalancerIPPool[]): ReadonlyMap<string, PoolConflict> {
  const conflicts = new Map<string, PoolConflict>();
  const settled = { 4: new DisjointRanges(), 6: new DisjointRanges() };
  for (const pool of [...pools].sort(byAge)) {
    const ranges = pool.blocks.map(({ range }) => range);
    const own = meetingOf(ranges);
    if (own) {
      const why = `its blocks ${rangeName(own[0])} and ${rangeName(own[1])} overlap`;
      conflicts.set(pool.ref.name, { why, message: conflictMessage(own[0], own[1], pool.ref.name) });
      continue;
    }
    const [first] = ranges.flatMap((range) => {
      const met = settled[range.family].meeting(range);
      return met ? [{ range, met }] : [];
    });
    if (first) {
      const { range, met } = first;
      const why = `it overlaps ${rangeName(met.range)} of the older pool ${met.pool}`;
      conflicts.set(pool.ref.name, { why, message: conflictMessage(range, met.range, met.pool) });
    } else for (const range of ranges) settled[range.family].add({ range, pool: pool.ref.name });
  }
  return conflicts;
}

function conflictMessage(range: IpRange, other: IpRange, pool: string): string {
  return `Pool conflicts since range '${rangeName(range)}' overlaps range '${rangeName(other)}' from IP Pool '${pool}'`;
}

/** The older first; one that was never in a cluster will be the newest. */
function byAge(a: CiliumLoadBalancerIPPool, b: CiliumLoadBalancerIPPool): number {
  const [first, second] = [bornAt(a), bornAt(b)];
  return first === second ? 0 : first - second;
}

function bornAt({ createdAt }: CiliumLoadBalancerIPPool): number {
  const time = createdAt === undefined ? Number.NaN : Date.parse(createdAt);
  return Number.isNaN(time) ? Number.POSITIVE_INFINITY : time;
}

function meetingOf(ranges: readonly IpRange[]): readonly [IpRange, IpRange] | undefined {
  const sorted = [...ranges].sort((a, b) => a.family - b.family || (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  let reaching: IpRange | undefined;
  for (const range of sorted) {
    if (reaching && reaching.family === range.family && range.first <= reaching.last) return [reaching, range];
    reaching = range;
  }
  return undefined;
}

interface OwnedRange {
  readonly range: IpRange;
  readonly pool: string;
}

/** Ranges of one family of which no two meet. */
class DisjointRanges {
  private readonly owned: OwnedRange[] = [];

  meeting({ first, last }: IpRange): OwnedRange | undefined {
    const found = this.owned[this.indexFrom(first)];
    return found && found.range.first <= last ? found : undefined;
  }

  add(one: OwnedRange): void {
    this.owned.splice(this.indexFrom(one.range.first), 0, one);
  }

  /** Index of the first that does not end below. */
  private indexFrom(value: bigint): number {
    let low = 0;
    let high = this.owned.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.owned[middle]?.range.last ?? value) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function rangeName({ family, first, last }: IpRange): string {
  return `${formatIp({ family, value: first })} - ${formatIp({ family, value: last })}`;
}
