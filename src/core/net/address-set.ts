import type { Ip } from './ip.js';

/** Addresses of both families, to be asked for one: a cluster has thousands of nodes. */
export class AddressSet {
  private constructor(private readonly keys: ReadonlySet<string>) {}

  static of(ips: Iterable<Ip>): AddressSet {
    return new AddressSet(new Set(Array.from(ips, keyOf)));
  }

  has(ip: Ip): boolean {
    return this.keys.has(keyOf(ip));
  }
}

/** No address. */
export const NO_ADDRESSES = AddressSet.of([]);

function keyOf({ family, value }: Ip): string {
  return `${family} ${value}`;
}
