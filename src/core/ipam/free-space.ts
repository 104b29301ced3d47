import type { Cidr } from '../net/cidr.js';
import { familyBits } from '../net/ip.js';
import { type IpRange, mergeRanges, subtractRanges } from '../net/ip-set.js';
import type { NumberBlock, SparseBitmap } from '../net/sparse-bitmap.js';
import { countAddresses } from './usable-addresses.js';

/** More runs of free addresses are not compared: everybody waits for the choice. */
export const MOST_RUNS = 1_024;

/**
 * The addresses that may be handed out: those of `offered` that are not in `taken`. `offered` is what is usable without what is reserved or held by others; it is a set,
 * so that an address that is both is left out once (INV-IPAM-3).
 */
export class FreeSpace {
  readonly offered: readonly IpRange[];
  /** Counted when it is asked for first. */
  private left: bigint | undefined;

  /** `offered`: of one family, in any order. `taken` is shared, not copied: {@link take} changes it. */
  constructor(
    offered: readonly IpRange[],
    readonly taken: SparseBitmap,
  ) {
    this.offered = offered.length > 1 ? mergeRanges(offered) : offered;
  }

  /** How many addresses are free; from then on only {@link take} and {@link giveBack} may change what is taken. */
  get free(): bigint {
    this.left ??= this.offered.reduce(
      (sum, { first, last }) => sum - BigInt(this.taken.countIn(first, last)),
      countAddresses(this.offered),
    );
    return this.left;
  }

  /** The lowest free address from `from` to `to`. */
  next(from: bigint, to: bigint): bigint | undefined {
    for (let index = this.rangeFrom(from); index < this.offered.length; index++) {
      const range = this.offered[index];
      if (!range || range.first > to) return undefined;
      const found = this.taken.nextAbsent(range.first > from ? range.first : from);
      if (found <= range.last) return found <= to ? found : undefined;
    }
    return undefined;
  }

  isFree(value: bigint): boolean {
    return this.isOffered(value) && !this.taken.has(value);
  }

  /** Marks an address as taken, offered or not. False when it was. */
  take(value: bigint): boolean {
    if (this.taken.add(value) === 0) return false;
    if (this.left !== undefined && this.isOffered(value)) this.left--;
    return true;
  }

  /** Gives an address back. False when it was not taken. */
  giveBack(value: bigint): boolean {
    if (this.taken.delete(value) === 0) return false;
    if (this.left !== undefined && this.isOffered(value)) this.left++;
    return true;
  }

  /** The free addresses as ascending ranges. */
  *ranges(): Generator<IpRange> {
    for (const { family, first, last } of this.offered) {
      let next = first;
      for (const [start, end] of this.taken.ranges(first, last)) {
        if (start > next) yield { family, first: next, last: start - 1n };
        next = end + 1n;
      }
      if (next <= last) yield { family, first: next, last };
    }
  }

  /** The first of them, {@link MOST_RUNS} where nothing else is said. */
  firstRanges(most = MOST_RUNS): readonly IpRange[] {
    const runs: IpRange[] = [];
    for (const run of this.ranges()) if (runs.push(run) === most) break;
    return runs;
  }

  /** The longest run of free addresses; 0 when there is none. */
  largestRun(): bigint {
    let largest = 0n;
    for (const { first, last } of this.offered) {
      const { longest } = this.taken.gapsIn(first, last);
      if (longest > largest) largest = longest;
    }
    return largest;
  }

  /** The largest prefix of which every address is free, the lowest of equal ones; undefined when there is none. */
  largestPrefix(): Cidr | undefined {
    let largest: NumberBlock | undefined;
    for (const { first, last } of this.offered) {
      // Most ranges are too short to have a larger one.
      if (largest && last - first + 1n < 2n << BigInt(largest.bits)) continue;
      const block = this.taken.largestBlock(first, last);
      if (block && block.bits > (largest?.bits ?? -1)) largest = block;
    }
    const family = this.offered[0]?.family;
    return largest && family && { family, base: largest.first, prefix: familyBits(family) - largest.bits };
  }

  /** The part of this space inside `within` (everything when empty) and outside `exclude`; it shares what is taken. */
  narrowed(within: readonly IpRange[], exclude: readonly IpRange[]): FreeSpace {
    const inside = within.length === 0 ? this.offered : intersectRanges(this.offered, within);
    return new FreeSpace(subtractRanges(inside, exclude), this.taken);
  }

  private isOffered(value: bigint): boolean {
    const range = this.offered[this.rangeFrom(value)];
    return range !== undefined && range.first <= value;
  }

  /** Index of the first offered range that does not end below. */
  private rangeFrom(value: bigint): number {
    let low = 0;
    let high = this.offered.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.offered[middle]?.last ?? value) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The addresses that are in both sets. */
export function intersectRanges(a: readonly IpRange[], b: readonly IpRange[]): readonly IpRange[] {
  return subtractRanges(a, subtractRanges(a, b));
}
