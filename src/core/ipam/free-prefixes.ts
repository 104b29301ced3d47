import { childAt, childCount } from '../net/child-cidrs.js';
import { type Cidr, compareCidrs } from '../net/cidr.js';
import { type IpRange, rangeToCidrs } from '../net/ip-set.js';

/** The first `count` prefixes of a length that lie wholly in free ranges, lowest first: each at the lowest aligned gap that fits (NetBox `available-prefixes`). */
export function freePrefixes(free: readonly IpRange[], length: number, count: number): readonly Cidr[] {
  const found: Cidr[] = [];
  for (const range of free) {
    // The parts of a range that are whole prefixes: one that is shorter than asked for has the rest inside.
    for (const part of rangeToCidrs(range).filter(({ prefix }) => prefix <= length)) {
      const children = childCount(part, length);
      for (let index = 0n; index < children; index++) {
        if (found.length === count) return found;
        const child = childAt(part, length, index);
        if (child) found.push(child);
      }
    }
  }
  return found;
}

/** The largest prefix that lies wholly in one of the ranges, the lowest of equal ones; undefined where there is none. */
export function largestPrefix(free: readonly IpRange[]): Cidr | undefined {
  return free.flatMap(rangeToCidrs).sort((a, b) => a.prefix - b.prefix || compareCidrs(a, b))[0];
}
