import { type Cidr, cidrOf } from './cidr.js';
import type { Ip, IpFamily } from './ip.js';

/** Things at networks, found by an address in one look for each length of prefix, however many networks there are. */
export class CidrIndex<T> {
  /** By length of the prefix, by base. */
  private readonly things: Readonly<Record<IpFamily, Map<number, Map<bigint, T[]>>>> = { 4: new Map(), 6: new Map() };

  constructor(entries: Iterable<readonly [Cidr, T]>) {
    for (const [{ family, prefix, base }, thing] of entries) {
      const byBase = this.things[family].get(prefix) ?? new Map<bigint, T[]>();
      this.things[family].set(prefix, byBase);
      const known = byBase.get(base);
      if (known) known.push(thing);
      else byBase.set(base, [thing]);
    }
  }

  /** What is at the networks that hold the address; the networks of one length stand together, each with its things as they were given. */
  *at(ip: Ip): Generator<T> {
    for (const [prefix, byBase] of this.things[ip.family]) yield* byBase.get(cidrOf(ip, prefix).base) ?? [];
  }

  /** Whether some network holds the address. */
  holds(ip: Ip): boolean {
    return this.at(ip).next().done !== true;
  }
}
