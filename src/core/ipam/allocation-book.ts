import { invariant } from '../kernel/invariant.js';
import { formatIp, type Ip, type IpFamily } from '../net/ip.js';
import type { IpRange } from '../net/ip-set.js';
import { SparseBitmap } from '../net/sparse-bitmap.js';
import { ADDRESS_PLANES, type AddressPlane } from './address-plane.js';
import type { Allocation } from './allocation.js';

/** One change of the allocations of a cluster: something was handed out, or given back. */
export interface AllocationEvent {
  readonly type: 'allocated' | 'released';
  /** Counts the changes of a cluster from 1. */
  readonly sequence: number;
  readonly allocation: Allocation;
}

/**
 * What was handed out of a cluster's addresses, as of one change. INVARIANT INV-IPAM-1: in one address space, a plane of a cluster, an address is handed out once.
 * INVARIANT INV-IPAM-2: the sets of addresses are those of the live allocations.
 */
export class AllocationBook {
  private readonly taken = new Map<string, SparseBitmap>();
  private readonly byAddress = new Map<string, Allocation>();
  private readonly byIdentifier = new Map<string, Map<string, Allocation>>();
  private last = 0;

  /** The book after the change `sequence`, when `live` was handed out. */
  static after(sequence: number, live: Iterable<Allocation>): AllocationBook {
    const book = new AllocationBook();
    for (const allocation of live) book.add(allocation);
    book.last = sequence;
    return book;
  }

  /** Of the newest change in the book. */
  get sequence(): number {
    return this.last;
  }

  /** Enters a change; one that the book has already is passed over, so that changes may be read twice. */
  enter({ type, sequence, allocation }: AllocationEvent): void {
    if (sequence <= this.last) return;
    if (type === 'allocated') this.add(allocation);
    else this.remove(allocation);
    this.last = sequence;
  }

  /** Takes the newest change back. */
  undo({ type, sequence, allocation }: AllocationEvent): void {
    invariant(sequence === this.last, 'the newest change is undone first');
    if (type === 'allocated') this.remove(allocation);
    else this.add(allocation);
    this.last = sequence - 1;
  }

  /** The allocation of an address in a plane. */
  holder(plane: AddressPlane, ip: Ip): Allocation | undefined {
    return this.byAddress.get(addressKey(plane, ip));
  }

  /** The allocations of an address, in the order of the planes. */
  holders(ip: Ip): readonly Allocation[] {
    return ADDRESS_PLANES.flatMap((plane) => this.holder(plane, ip) ?? []);
  }

  /** What a caller has of a pool. */
  find(pool: string, identifier: string): Allocation | undefined {
    return this.byIdentifier.get(pool)?.get(identifier);
  }

  /** Everything that is handed out. */
  live(): Iterable<Allocation> {
    return this.byAddress.values();
  }

  /** The identifiers that have something of a pool. */
  identifiers(pool: string): Iterable<string> {
    return this.byIdentifier.get(pool)?.keys() ?? [];
  }

  /** The addresses of a plane that are handed out. It changes with the book. */
  takenOf(plane: AddressPlane, family: IpFamily): SparseBitmap {
    const key = `${plane} ${family}`;
    const known = this.taken.get(key);
    if (known) return known;
    const made = new SparseBitmap();
    this.taken.set(key, made);
    return made;
  }

  /** The part of a range that is handed out, ascending. */
  takenIn(plane: AddressPlane, { family, first, last }: IpRange): readonly IpRange[] {
    return [...this.takenOf(plane, family).ranges(first, last)].map(([start, end]) => ({ family, first: start, last: end }));
  }

  private add(allocation: Allocation): void {
    const { plane, ip, pool, identifier } = allocation;
    const added = this.takenOf(plane, ip.family).add(ip.value);
    invariant(added === 1, 'INV-IPAM-1');
    this.byAddress.set(addressKey(plane, ip), allocation);
    const ofPool = this.byIdentifier.get(pool) ?? new Map<string, Allocation>();
    this.byIdentifier.set(pool, ofPool.set(identifier, allocation));
  }

  private remove({ plane, ip, pool, identifier }: Allocation): void {
    this.takenOf(plane, ip.family).delete(ip.value);
    this.byAddress.delete(addressKey(plane, ip));
    this.byIdentifier.get(pool)?.delete(identifier);
  }
}

function addressKey(plane: AddressPlane, ip: Ip): string {
  return `${plane} ${formatIp(ip)}`;
}
