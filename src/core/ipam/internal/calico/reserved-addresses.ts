import type { Cidr } from '../../../net/cidr.js';
import type { Ip } from '../../../net/ip.js';
import { type IpRange, mergeRanges, rangeContains, rangeOfCidr } from '../../../net/ip-set.js';

/** Addresses that automatic assignment leaves out (Calico's IPReservation); whoever asks for one of them by itself gets it. */
export class ReservedAddresses {
  private readonly ranges: readonly IpRange[];

  constructor(ranges: readonly IpRange[]) {
    this.ranges = mergeRanges(ranges);
  }

  readonly has = (ip: Ip): boolean => this.rangeWith(ip) !== undefined;

  /** Where the whole prefix is reserved, the last reserved address of the range that covers it. */
  endOfWhole(cidr: Cidr): bigint | undefined {
    const { family, first, last } = rangeOfCidr(cidr);
    const range = this.rangeWith({ family, value: first });
    return range && last <= range.last ? range.last : undefined;
  }

  private rangeWith(ip: Ip): IpRange | undefined {
    let [low, high] = [0, this.ranges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(this.ranges[middle], ip)) low = middle + 1;
      else high = middle;
    }
    const range = this.ranges[low];
    return range && rangeContains(range, ip) ? range : undefined;
  }
}

function isBefore(range: IpRange | undefined, ip: Ip): boolean {
  return range !== undefined && (range.family < ip.family || (range.family === ip.family && range.last < ip.value));
}
