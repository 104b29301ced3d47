import { type IpRange, mergeRanges, rangeContains, subtractRanges } from '../net/ip-set.js';
import { SparseBitmap } from '../net/sparse-bitmap.js';
import { FreeSpace, intersectRanges } from './free-space.js';
import type { IpPool } from './ip-pool.js';
import { countAddresses } from './usable-addresses.js';

/** Numbers of addresses. INVARIANT INV-IPAM-3: they are counted as sets, so `available` is not `capacity` − `used` − `reserved` where used addresses are reserved too. */
export interface PoolUtilization {
  /** Usable addresses. */
  readonly capacity: bigint;
  /** Usable ones that somebody has, or that were handed out through the API. */
  readonly used: bigint;
  /** Usable ones that are reserved, used or not. */
  readonly reserved: bigint;
  /** Usable ones that are neither. */
  readonly available: bigint;
  /** Held by somebody though they are not usable, such as a network address. */
  readonly unusableInUse: bigint;
  /** How many runs the available addresses are in, and how many addresses the longest has. */
  readonly fragments: number;
  readonly largestFree: bigint;
}

/**
 * How broken up free addresses are, in percent: those outside of the largest piece, of all that are free. 0 where they are in one piece, or none is left; near 100 where there are only
 * small pieces, so that a block or prefix finds no place though many addresses are free. Rounded down to two digits.
 */
export function fragmentationOf(free: bigint, largest: bigint): number {
  return free === 0n ? 0 : Number(((free - largest) * 10_000n) / free) / 100;
}

/** How full a set of addresses is; what is usable lies in the span. `taken`: every address that somebody has, inside and outside. */
export function utilizationOf(pool: Pick<IpPool, 'usable' | 'reserved' | 'span'>, taken: readonly IpRange[]): PoolUtilization {
  const capacity = countAddresses(mergeRanges(pool.usable));
  const unheld = subtractRanges(pool.usable, taken);
  const used = capacity - countAddresses(unheld);
  const free = subtractRanges(unheld, pool.reserved);
  const span = mergeRanges(pool.span);
  return {
    capacity,
    used,
    reserved: countAddresses(intersectRanges(pool.usable, pool.reserved)),
    available: countAddresses(free),
    unusableInUse: countAddresses(span) - countAddresses(subtractRanges(span, taken)) - used,
    fragments: free.length,
    largestFree: free.reduce((most, { first, last }) => (last - first + 1n > most ? last - first + 1n : most), 0n),
  };
}

/** The free addresses of a pool; what is taken from it is taken from a copy. */
export function freeSpaceOf(pool: Pick<IpPool, 'usable' | 'reserved'>, taken: readonly IpRange[]): FreeSpace {
  return new FreeSpace(subtractRanges(pool.usable, [...pool.reserved, ...taken]), new SparseBitmap());
}

/** Whether one of the ranges has the address. */
export function inRanges(ranges: readonly IpRange[], family: 4 | 6, value: bigint): boolean {
  return ranges.some((range) => rangeContains(range, { family, value }));
}
