import { type Cidr, cidrSize } from './cidr.js';
import { familyBits, type Ip, type IpFamily } from './ip.js';

/** An inclusive range of addresses of one family. */
export interface IpRange {
  readonly family: IpFamily;
  readonly first: bigint;
  readonly last: bigint;
}

/** The range a prefix spans. */
export function rangeOfCidr(cidr: Cidr): IpRange {
  return { family: cidr.family, first: cidr.base, last: cidr.base + cidrSize(cidr) - 1n };
}

/** Every address of a family. */
export function wholeFamily(family: IpFamily): IpRange {
  return { family, first: 0n, last: (1n << BigInt(familyBits(family))) - 1n };
}

/** Whether the address lies in the range. */
export function rangeContains(range: IpRange, ip: Ip): boolean {
  return range.family === ip.family && range.first <= ip.value && ip.value <= range.last;
}

/** Sorts ranges and joins those that overlap or touch: the canonical form of a set of addresses. */
export function mergeRanges(ranges: readonly IpRange[]): readonly IpRange[] {
  if (isCanonical(ranges)) return ranges;
  return joinSorted([...ranges].sort(compareStarts));
}

/** The order of ranges in a set. */
export function compareStarts(a: IpRange, b: IpRange): number {
  return a.family - b.family || (a.first < b.first ? -1 : a.first > b.first ? 1 : 0);
}

/** The canonical form of ranges that are in order of {@link compareStarts}. */
export function joinSorted(sorted: readonly IpRange[]): readonly IpRange[] {
  const merged: IpRange[] = [];
  for (const range of sorted) {
    const open = merged.at(-1);
    if (open && open.family === range.family && range.first <= open.last + 1n) {
      merged[merged.length - 1] = { ...open, last: range.last > open.last ? range.last : open.last };
    } else merged.push(range);
  }
  return merged;
}

/** Most sets come out of other sets: seeing that one is in order costs less than putting it in order. */
function isCanonical(ranges: readonly IpRange[]): boolean {
  return ranges.every((range, index) => {
    const before = ranges[index - 1];
    return before === undefined || before.family < range.family || (before.family === range.family && before.last + 1n < range.first);
  });
}

/** The addresses of `from` that are in none of `minus`, in canonical form. */
export function subtractRanges(from: readonly IpRange[], minus: readonly IpRange[]): readonly IpRange[] {
  const holes = mergeRanges(minus);
  const left: IpRange[] = [];
  let at = 0;
  for (const range of mergeRanges(from)) {
    // Both are sorted: a hole that ends before this range ends before every later one.
    while (isBefore(holes[at], range)) at++;
    let next = range.first;
    for (let index = at; next <= range.last; index++) {
      const hole = holes[index];
      if (!hole || hole.family !== range.family || hole.first > range.last) break;
      if (hole.first > next) left.push({ family: range.family, first: next, last: hole.first - 1n });
      next = hole.last + 1n;
    }
    if (next <= range.last) left.push({ family: range.family, first: next, last: range.last });
  }
  return left;
}

function isBefore(hole: IpRange | undefined, range: IpRange): boolean {
  return hole !== undefined && (hole.family < range.family || (hole.family === range.family && hole.last < range.first));
}

/** The fewest prefixes that together are exactly the range, lowest first. */
export function rangeToCidrs(range: IpRange): readonly Cidr[] {
  const bits = familyBits(range.family);
  const cidrs: Cidr[] = [];
  let next = range.first;
  while (next <= range.last) {
    let hostBits = 0;
    while (hostBits < bits) {
      const size = 1n << BigInt(hostBits + 1);
      if (next % size !== 0n || next + size - 1n > range.last) break;
      hostBits++;
    }
    cidrs.push({ family: range.family, base: next, prefix: bits - hostBits });
    next += 1n << BigInt(hostBits);
  }
  return cidrs;
}

/** The largest aligned part of a range whose size is a power of two; of equal ones the lowest (weaveworks/weave `net/address/address.go`, `BiggestCIDRRange`). */
export function biggestAligned(range: IpRange): IpRange | undefined {
  const [first, ...more] = rangeToCidrs(range);
  return first && rangeOfCidr(more.reduce((biggest, cidr) => (cidr.prefix < biggest.prefix ? cidr : biggest), first));
}
