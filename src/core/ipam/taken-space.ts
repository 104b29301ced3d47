import { invariant } from '../kernel/invariant.js';
import type { IpFamily } from '../net/ip.js';
import { type IpRange, mergeRanges, subtractRanges } from '../net/ip-set.js';
import { SparseBitmap } from '../net/sparse-bitmap.js';
import { FreeSpace } from './free-space.js';

/** A prefix of more than 2^8 units is not marked unit by unit: it is cut out of what is offered, whatever its size. */
const MARKED_BITS = 8;
/** Sizes of units that are kept besides the single address; one more is made anew whenever it is asked for. */
const MOST_SIZES = 16;

/** What is offered, in units, without what is cut out; true as long as nothing else is. */
interface Cut {
  readonly hostBits: number;
  readonly version: number;
  readonly units: readonly IpRange[];
}

/**
 * The addresses of one family of a plane that are taken, one by one or as prefixes. They are seen in units of 2^n addresses: with n = 0 a unit is an address, else it is the prefix
 * with n host bits, told by its number among those of its length. So whatever finds a free address finds a free prefix.
 */
export class TakenSpace {
  /** Each for itself; wide prefixes are not in it. It is read, not written. */
  readonly addresses = new SparseBitmap();
  /** By host bits: the numbers of the units of which something is taken. The one that was asked for last is the last. */
  private readonly sizes = new Map<number, SparseBitmap>();
  /** By host bits: the numbers of the prefixes that are taken and too wide to be marked address by address. */
  private readonly wide = new Map<number, SparseBitmap>();
  /** How often something so wide was taken or given back. */
  private readonly changes = new Map<number, number>();
  private readonly cuts = new WeakMap<readonly IpRange[], Cut>();
  /** By host bits of the units: what is cut out of what is offered. */
  private readonly outs = new Map<number, { readonly version: number; readonly ranges: readonly IpRange[] }>();

  constructor(private readonly family: IpFamily) {}

  /** Takes a unit by its first address. INVARIANT INV-IPAM-1: nobody had anything of it. */
  take(first: bigint, hostBits: number): void {
    invariant(!this.isTouched(first, hostBits), 'INV-IPAM-1');
    const last = lastOf(first, hostBits);
    if (hostBits > MARKED_BITS) this.prefixesOf(hostBits).add(first >> BigInt(hostBits));
    else this.addresses.add(first, last);
    for (const [bits, units] of this.sizes) if (isMarked(hostBits, bits)) units.add(first >> BigInt(bits), last >> BigInt(bits));
  }

  /** Gives a unit back that was taken as a whole. */
  giveBack(first: bigint, hostBits: number): void {
    const last = lastOf(first, hostBits);
    if (hostBits > MARKED_BITS) this.prefixesOf(hostBits).delete(first >> BigInt(hostBits));
    else this.addresses.delete(first, last);
    for (const [bits, units] of this.sizes) {
      const unit = first >> BigInt(bits);
      if (isMarked(hostBits, bits) && (hostBits >= bits || !this.isTouched(unit << BigInt(bits), bits)))
        units.delete(unit, last >> BigInt(bits));
    }
  }

  /** Whether anything of a unit is taken. */
  isTouched(first: bigint, hostBits: number): boolean {
    if (hostBits === 0 ? this.addresses.has(first) : hasAny(this.addresses, first, lastOf(first, hostBits))) return true;
    for (const [bits, prefixes] of this.wide)
      if (hasAny(prefixes, first >> BigInt(bits), lastOf(first, hostBits) >> BigInt(bits))) return true;
    return false;
  }

  /** The units of `offered` of which nothing is taken; `offered` are addresses. What is taken from it is taken from here. */
  free(offered: readonly IpRange[], hostBits = 0): FreeSpace {
    return new FreeSpace(this.offeredUnits(offered, hostBits), hostBits === 0 ? this.addresses : this.unitsOf(hostBits));
  }

  /** The part of these addresses that is in no wide prefix; the same ones while there is none. */
  outsideWide(ranges: readonly IpRange[]): readonly IpRange[] {
    return this.offeredUnits(ranges, 0);
  }

  /** The lowest address of a range that is taken; undefined: none is. */
  firstIn({ first, last }: IpRange): bigint | undefined {
    let found = this.addresses.nextPresent(first);
    for (const [bits, prefixes] of this.wide) {
      const prefix = prefixes.nextPresent(first >> BigInt(bits));
      if (prefix === undefined) continue;
      const start = max(prefix << BigInt(bits), first);
      if (found === undefined || start < found) found = start;
    }
    return found !== undefined && found <= last ? found : undefined;
  }

  /** The numbers of the prefixes of so many host bits, more than are marked, that are taken as a whole. It is read, not written, and goes with what is taken. */
  widePrefixes(hostBits: number): SparseBitmap | undefined {
    return this.wide.get(hostBits);
  }

  /** What is taken of a range, ascending. */
  within({ family, first, last }: IpRange): readonly IpRange[] {
    const marked = [...this.addresses.ranges(first, last)].map(([start, end]) => ({ family, first: start, last: end }));
    if (this.wide.size === 0) return marked;
    const wide = this.cutOut(0).filter((range) => range.first <= last && range.last >= first);
    const clipped = wide.map((range) => ({ family, first: max(range.first, first), last: range.last < last ? range.last : last }));
    return mergeRanges([...marked, ...clipped]);
  }

  private offeredUnits(offered: readonly IpRange[], hostBits: number): readonly IpRange[] {
    if (hostBits === 0 && this.wide.size === 0) return offered;
    const known = this.cuts.get(offered);
    const version = this.versionOf(hostBits);
    if (known?.hostBits === hostBits && known.version === version) return known.units;
    const units = wholeUnits(subtractRanges(offered, this.cutOut(hostBits)), hostBits);
    this.cuts.set(offered, { hostBits, version, units });
    return units;
  }

  private unitsOf(hostBits: number): SparseBitmap {
    const units = this.sizes.get(hostBits) ?? this.makeUnits(hostBits);
    this.sizes.delete(hostBits);
    this.sizes.set(hostBits, units);
    const [oldest] = this.sizes.keys();
    if (this.sizes.size > MOST_SIZES && oldest !== undefined) this.sizes.delete(oldest);
    return units;
  }

  private makeUnits(hostBits: number): SparseBitmap {
    const units = this.addresses.coarser(hostBits);
    const bits = BigInt(hostBits);
    for (const { first, last } of this.wideRanges((wideBits) => isMarked(wideBits, hostBits))) units.add(first >> bits, last >> bits);
    return units;
  }

  /** The prefixes that are too wide to be marked in units of so many host bits. */
  private cutOut(hostBits: number): readonly IpRange[] {
    const version = this.versionOf(hostBits);
    const known = this.outs.get(hostBits);
    if (known?.version === version) return known.ranges;
    const ranges = mergeRanges(this.wideRanges((bits) => !isMarked(bits, hostBits)));
    this.outs.set(hostBits, { version, ranges });
    return ranges;
  }

  private wideRanges(isMeant: (hostBits: number) => boolean): readonly IpRange[] {
    const { family } = this;
    const all = (1n << 128n) - 1n;
    return [...this.wide].flatMap(([bits, prefixes]) =>
      isMeant(bits)
        ? [...prefixes.ranges(0n, all)].map(([first, last]) => ({
            family,
            first: first << BigInt(bits),
            last: lastOf(last << BigInt(bits), bits),
          }))
        : [],
    );
  }

  /** Changes with what is cut out of what is offered, in units of so many host bits. */
  private versionOf(hostBits: number): number {
    let version = 0;
    for (const [bits, times] of this.changes) if (!isMarked(bits, hostBits)) version += times;
    return version;
  }

  private prefixesOf(hostBits: number): SparseBitmap {
    this.changes.set(hostBits, (this.changes.get(hostBits) ?? 0) + 1);
    const known = this.wide.get(hostBits);
    if (known) return known;
    const made = new SparseBitmap();
    this.wide.set(hostBits, made);
    return made;
  }
}

/** The units that lie wholly in the ranges, by their numbers. */
function wholeUnits(ranges: readonly IpRange[], hostBits: number): readonly IpRange[] {
  if (hostBits === 0) return ranges;
  const bits = BigInt(hostBits);
  return ranges.flatMap(({ family, first, last }) => {
    const [start, end] = [((first - 1n) >> bits) + 1n, ((last + 1n) >> bits) - 1n];
    return start <= end ? [{ family, first: start, last: end }] : [];
  });
}

function isMarked(hostBits: number, unitBits: number): boolean {
  return hostBits <= unitBits + MARKED_BITS;
}

function hasAny(numbers: SparseBitmap, first: bigint, last: bigint): boolean {
  const found = numbers.nextPresent(first);
  return found !== undefined && found <= last;
}

function lastOf(first: bigint, hostBits: number): bigint {
  return hostBits === 0 ? first : first + (1n << BigInt(hostBits)) - 1n;
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
