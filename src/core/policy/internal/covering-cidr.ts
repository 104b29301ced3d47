import { type Cidr, cidrContains, cidrOf } from '../../net/cidr.js';
import type { IpRange } from '../../net/ip-set.js';
import { familyBits } from '../../net/ip.js';

/** The longest prefix that holds all the ranges; undefined where there is none, or they are of two families. */
export function coveringCidr(ranges: readonly IpRange[]): Cidr | undefined {
  const [first] = ranges;
  if (!first || ranges.some(({ family }) => family !== first.family)) return undefined;
  const { family } = first;
  let prefix = familyBits(family) as number;
  let cidr = cidrOf({ family, value: first.first }, prefix);
  for (const range of ranges) {
    for (const value of [range.first, range.last]) {
      while (!cidrContains(cidr, { family, value })) cidr = cidrOf({ family, value: first.first }, --prefix);
    }
  }
  return cidr;
}
