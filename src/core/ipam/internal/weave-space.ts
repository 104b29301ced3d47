import { type Ip, type IpFamily } from '../../net/ip.js';
import { biggestAligned, type IpRange, mergeRanges, rangeContains, subtractRanges } from '../../net/ip-set.js';
import { clipRanges, firstClipped } from '../clip-ranges.js';
import { countAddresses } from '../usable-addresses.js';

/**
 * What one peer of Weave Net owns of the range that all share: addresses that containers have, and free ones. Lowest first; a peer that is asked for space gives its biggest
 * aligned free part, half of it where that is more than half of what it has (weaveworks/weave `ipam/space/space.go`).
 */
export class WeaveSpace {
  private taken: readonly IpRange[] = [];
  private unused: readonly IpRange[] = [];

  /** Everything the peer owns, free or not, in order. */
  get owned(): readonly IpRange[] {
    return mergeRanges([...this.taken, ...this.unused]);
  }

  /** Whether the address is the peer's, free or not. */
  owns(ip: Ip): boolean {
    return [...this.taken, ...this.unused].some((range) => rangeContains(range, ip));
  }

  /** How many ranges an operation looks at. */
  get pieces(): number {
    return this.taken.length + this.unused.length;
  }

  /** Free addresses, inside the range where one is given. */
  free(within?: IpRange): bigint {
    return countAddresses(within ? clipRanges(this.unused, within) : this.unused);
  }

  /** Makes a range the peer's; what it has of it already stays as it is. */
  add(range: IpRange): void {
    this.unused = mergeRanges([...this.unused, ...subtractRanges([range], this.taken)]);
  }

  /** The lowest free address, which is taken; undefined where there is none. */
  allocate(within: IpRange): Ip | undefined {
    const lowest = firstClipped(this.unused, within);
    if (!lowest) return undefined;
    this.move(lowest.family, lowest.first);
    return { family: lowest.family, value: lowest.first };
  }

  /** Takes one address. False where it is not free. */
  claim({ family, value }: Ip): boolean {
    if (!this.unused.some((range) => rangeContains(range, { family, value }))) return false;
    this.move(family, value);
    return true;
  }

  /** Gives an address back. False where nobody has it. */
  release(ip: Ip): boolean {
    if (!this.taken.some((range) => rangeContains(range, ip))) return false;
    const one = { family: ip.family, first: ip.value, last: ip.value };
    this.taken = subtractRanges(this.taken, [one]);
    this.unused = mergeRanges([...this.unused, one]);
    return true;
  }

  /** The biggest aligned free part; of equal ones that of the highest free range. */
  biggestFree(within: IpRange): IpRange | undefined {
    let biggest: IpRange | undefined;
    for (const range of clipRanges(this.unused, within)) {
      const part = biggestAligned(range);
      if (part && (!biggest || sizeOf(part) >= sizeOf(biggest))) biggest = part;
    }
    return biggest;
  }

  /** Gives a part away, which is the peer's no longer; undefined where nothing is free. */
  donate(within: IpRange): IpRange | undefined {
    const biggest = this.biggestFree(within);
    if (!biggest) return undefined;
    const isTooMuch = sizeOf(biggest) > this.free(within) / 2n;
    // Half of a size is rounded down, so that of one address all is given.
    const given = isTooMuch ? { ...biggest, first: biggest.first + sizeOf(biggest) / 2n } : biggest;
    this.unused = subtractRanges(this.unused, [given]);
    return given;
  }

  private move(family: IpFamily, value: bigint): void {
    const one = { family, first: value, last: value };
    this.unused = subtractRanges(this.unused, [one]);
    this.taken = mergeRanges([...this.taken, one]);
  }
}

function sizeOf({ first, last }: IpRange): bigint {
  return last - first + 1n;
}
