import type { Cidr } from '../../net/cidr.js';
import type { Ip, IpFamily } from '../../net/ip.js';
import { rangeOfCidr } from '../../net/ip-set.js';
import { SparseBitmap } from '../../net/sparse-bitmap.js';
import { type Allocation, hostBitsOf, type Place, type RestingAddress } from '../allocation.js';
import { TakenSpace } from '../taken-space.js';

/** What is handed out of one family of a plane. */
export class AddressSpace {
  /** What is handed out or rests. */
  readonly taken: TakenSpace;
  /** By the first address. */
  readonly holders = new Map<AddressKey, Allocation>();
  readonly resting = new Map<AddressKey, RestingAddress>();
  /** By host bits: the numbers of the prefixes that are handed out or rest. */
  private readonly prefixes = new Map<number, SparseBitmap>();

  constructor(family: IpFamily) {
    this.taken = new TakenSpace(family);
  }

  take(allocation: Allocation): void {
    this.taken.take(allocation.ip.value, hostBitsOf(allocation));
    if (allocation.prefixLength !== undefined) this.note(allocation);
  }

  giveBack(allocation: Allocation): void {
    this.taken.giveBack(allocation.ip.value, hostBitsOf(allocation));
    if (allocation.prefixLength !== undefined) this.forget(allocation);
  }

  holderOf(ip: Ip): Allocation | undefined {
    return this.around(this.holders, ip, (allocation) => allocation);
  }

  restOf(ip: Ip): RestingAddress | undefined {
    return this.around(this.resting, ip, ({ allocation }) => allocation);
  }

  /** What is entered at the address, or at the prefix that it is in: no two of them meet. */
  private around<T>(entries: ReadonlyMap<AddressKey, T>, ip: Ip, placeOf: (entry: T) => Place): T | undefined {
    const here = entries.get(keyOf(ip));
    if (here !== undefined) return here;
    for (const bits of this.prefixes.keys()) {
      const base = (ip.value >> BigInt(bits)) << BigInt(bits);
      const found = entries.get(keyOf({ family: ip.family, value: base }));
      if (found !== undefined && hostBitsOf(placeOf(found)) === bits) return found;
    }
    return undefined;
  }

  /** Those that are handed out and meet a prefix. */
  *prefixesNear(cidr: Cidr, most: number): Generator<Allocation> {
    const { first, last } = rangeOfCidr(cidr);
    for (const [hostBits, numbers] of this.prefixes) {
      const bits = BigInt(hostBits);
      let left = most;
      for (const number of numbersIn(numbers.ranges(first >> bits, last >> bits))) {
        if (left === 0) break;
        const holder = this.holders.get(keyOf({ family: cidr.family, value: number << bits }));
        if (holder?.prefixLength === undefined || hostBitsOf(holder) !== hostBits) continue;
        left--;
        yield holder;
      }
    }
  }

  /** Of wide prefixes the space of what is taken knows the numbers already. */
  private note(allocation: Allocation): void {
    const hostBits = hostBitsOf(allocation);
    let numbers = this.prefixes.get(hostBits);
    if (!numbers) this.prefixes.set(hostBits, (numbers = this.taken.widePrefixes(hostBits) ?? new SparseBitmap()));
    numbers.add(allocation.ip.value >> BigInt(hostBits));
  }

  private forget(allocation: Allocation): void {
    const hostBits = hostBitsOf(allocation);
    const numbers = this.prefixes.get(hostBits);
    numbers?.delete(allocation.ip.value >> BigInt(hostBits));
    if (numbers?.size === 0) this.prefixes.delete(hostBits);
  }
}

function* numbersIn(ranges: Iterable<readonly [first: bigint, last: bigint]>): Generator<bigint> {
  for (const [first, last] of ranges) for (let number = first; number <= last; number++) yield number;
}

/** Of an IPv4 address its number, which costs less to look up than text or a `bigint`; of an IPv6 address one whose last 64 bits, by which a map tells them apart, are of all of it. */
export type AddressKey = number | bigint;

/** The key of an address within its family. */
export function keyOf({ family, value }: Ip): AddressKey {
  return family === 4 ? Number(value) : value ^ (value >> 64n);
}
