import { type Cidr, cidrSize } from './cidr.js';
import type { Ip } from './ip.js';
import type { IpRange } from './ip-set.js';

/** The API server counts the addresses of a range in 64 bits (kubernetes `ipallocator.go`, `hostsPerNetwork`). */
const MOST_ADDRESSES = (1n << 64n) - 1n;
/** The allocator before ServiceCIDR objects kept a bitmap of the low 16 bits of an IPv6 range (kubernetes `ipallocator/bitmap.go`, `New`). */
const MOST_BITMAP_V6 = (1n << 16n) - 1n;

/** Which of the API server's two allocators: one IPAddress object an address (today's), or one bitmap for the whole range. */
export type ServiceAllocator = 'objects' | 'bitmap';

/**
 * The addresses of a service range that can be allocated: never the network address, never an IPv4 broadcast address; the last IPv6 address is one. Undefined when
 * there are none. Source: kubernetes `pkg/registry/core/service/ipallocator`.
 */
export function serviceAddresses(cidr: Cidr, allocator: ServiceAllocator = 'objects'): IpRange | undefined {
  const size = serviceRangeSize(cidr, allocator);
  return size === 0n ? undefined : { family: cidr.family, first: cidr.base + 1n, last: cidr.base + size };
}

/** Whether a service can have the address out of the range (kubernetes `pkg/api/servicecidr/servicecidr.go`, `PrefixContainsIP`). */
export function isServiceAddress(cidr: Cidr, { family, value }: Ip): boolean {
  const last = cidr.base + cidrSize(cidr) - (family === 4 ? 2n : 1n);
  return family === cidr.family && cidr.base < value && value <= last;
}

/** How many addresses of a service range can be allocated; never more than 2^64 − 1, as the API server counts. */
export function serviceRangeSize(cidr: Cidr, allocator: ServiceAllocator = 'objects'): bigint {
  const size = cidrSize(cidr) - (cidr.family === 4 ? 2n : 1n);
  const most = allocator === 'bitmap' && cidr.family === 6 ? MOST_BITMAP_V6 : MOST_ADDRESSES;
  return size < 0n ? 0n : size > most ? most : size;
}

/** The addresses from `first` to `last`, starting at `first` + `offset` and wrapping; a start beyond the last begins at the first (`ipallocator.go`, `ipIterator`). */
export function* wrapOrder(first: Ip, last: Ip, offset: bigint): Generator<Ip> {
  const size = last.value - first.value + 1n;
  const start = offset < size ? offset : 0n;
  for (let step = 0n; step < size; step++) yield { family: first.family, value: first.value + ((start + step) % size) };
}
