import { sortedInSteps } from '../kernel/sorted-in-steps.js';
import { finished, type Steps } from '../kernel/steps.js';
import type { Ip, IpFamily } from './ip.js';
import type { IpRange } from './ip-set.js';

/**
 * Things at ranges of addresses, which may lie in one another and across one another, found by a range that they have addresses of: in a time that goes with those found, and hardly
 * with the others. It never changes.
 */
export class RangeIndex<T> {
  private constructor(private readonly families: Readonly<Record<IpFamily, SortedRanges<T>>>) {}

  static of<T>(entries: Iterable<readonly [IpRange, T]>): RangeIndex<T> {
    return finished(RangeIndex.inSteps(entries));
  }

  /** Yields every few thousand ranges. */
  static *inSteps<T>(entries: Iterable<readonly [IpRange, T]>): Steps<RangeIndex<T>> {
    const of = { 4: [] as (readonly [IpRange, T])[], 6: [] as (readonly [IpRange, T])[] };
    let count = 0;
    for (const entry of entries) {
      of[entry[0].family].push(entry);
      if (++count % BREATH === 0) yield;
    }
    return new RangeIndex({ 4: yield* SortedRanges.of(of[4]), 6: yield* SortedRanges.of(of[6]) });
  }

  /** What is at the ranges that share an address with this one, by their first addresses; what is at several of them comes as often. */
  meeting({ family, first, last }: IpRange): Generator<T> {
    return this.families[family].meeting(first, last);
  }

  /** What is at the ranges that have the address. */
  at({ family, value }: Ip): Generator<T> {
    return this.families[family].meeting(value, value);
  }
}

/** So many ranges are looked at in one go. */
const BREATH = 4096;

/**
 * The ranges of one family by first address, below a binary tree that tells of each of its parts how far the ranges in it reach: a part whose ranges all end before what is asked for is
 * passed over as a whole.
 *
 *     reach   1:(0…7)                 the part of number n has 2n and 2n + 1 below it;
 *         2:(0…3)   3:(4…7)           the ranges themselves are from `width` on
 */
class SortedRanges<T> {
  private constructor(
    private readonly sorted: readonly (readonly [IpRange, T])[],
    private readonly width: number,
    private readonly reach: readonly bigint[],
  ) {}

  static *of<T>(entries: readonly (readonly [IpRange, T])[]): Steps<SortedRanges<T>> {
    const sorted = yield* sortedInSteps(entries, ([a], [b]) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
    const width = 2 ** Math.ceil(Math.log2(Math.max(sorted.length, 1)));
    const reach = Array.from({ length: 2 * width }, () => -1n);
    for (let part = 2 * width - 1; part > 0; part--) {
      if (part % BREATH === 0) yield;
      const below = part >= width ? sorted[part - width]?.[0].last : greater(reach[2 * part], reach[2 * part + 1]);
      reach[part] = below ?? -1n;
    }
    return new SortedRanges(sorted, width, reach);
  }

  *meeting(first: bigint, last: bigint): Generator<T> {
    const reaches = (part: number) => (this.reach[part] ?? -1n) >= first;
    const parts = [1];
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      if (!reaches(part)) continue;
      const entry = this.sorted[this.lowest(part)];
      if (!entry || entry[0].first > last) return; // so do all that follow
      if (part >= this.width) yield entry[1];
      else parts.push(2 * part + 1, 2 * part);
    }
  }

  /** Index of the first range of a part. */
  private lowest(part: number): number {
    return (part << (Math.clz32(part) - Math.clz32(this.width))) - this.width;
  }
}

function greater(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a;
}
