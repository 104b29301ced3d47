import { formatIp } from '../../../net/ip.js';
import type { IpRange } from '../../../net/ip-set.js';
import type { CiliumLoadBalancerIPPool, LoadBalancerBlock } from '../../../resources/load-balancer-pool.js';

/** The addresses of a block that may be given out. */
export function usableOfBlock({ range, keepsEnds }: LoadBalancerBlock): IpRange {
  return keepsEnds ? { ...range, first: range.first + 1n, last: range.last - 1n } : range;
}

/** Why a pool is disabled by Cilium itself: Cilium `operator/pkg/lbipam/lbipam.go`, `settleConflicts`. */
export function conflictsOf(pools: readonly CiliumLoadBalancerIPPool[]): ReadonlyMap<string, string> {
  const conflicts = new Map<string, string>();
  const settled = { 4: new DisjointRanges(), 6: new DisjointRanges() };
  for (const pool of [...pools].sort(byAge)) {
    const ranges = pool.blocks.map(({ range }) => range);
    const own = meetingOf(ranges);
    if (own) {
      conflicts.set(pool.ref.name, `its blocks ${rangeName(own[0])} and ${rangeName(own[1])} overlap`);
      continue;
    }
    const met = ranges.flatMap((range) => settled[range.family].meeting(range) ?? []);
    const [first] = met;
    if (first) conflicts.set(pool.ref.name, `it overlaps ${rangeName(first.range)} of the older pool ${first.pool}`);
    else for (const range of ranges) settled[range.family].add({ range, pool: pool.ref.name });
  }
  return conflicts;
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
