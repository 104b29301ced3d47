import { invariant } from '../kernel/invariant.js';
import { formatIp, type Ip, type IpFamily } from '../net/ip.js';
import type { IpRange } from '../net/ip-set.js';
import { SparseBitmap } from '../net/sparse-bitmap.js';
import { ADDRESS_PLANES, type AddressPlane } from './address-plane.js';
import type { Allocation } from './allocation.js';
import { DueQueue } from './internal/due-queue.js';

/** One change of the allocations of a cluster: something was handed out or given back, or may be handed out again. */
export interface AllocationEvent {
  readonly type: 'allocated' | 'released' | 'freed';
  /** Counts the changes of a cluster from 1. */
  readonly sequence: number;
  readonly allocation: Allocation;
  /** RFC 3339. Of a release: until then nobody gets the address; absent: it is free at once. */
  readonly restsUntil?: string | undefined;
}

/** An address that was given back and that nobody gets yet. */
export interface RestingAddress {
  readonly allocation: Allocation;
  readonly until: string;
}

/** What time has brought about. */
export interface DueChanges {
  /** Leases that are over. */
  readonly ended: readonly Allocation[];
  /** Addresses that have rested. */
  readonly rested: readonly RestingAddress[];
}

/**
 * What was handed out of a cluster's addresses, as of one change. INVARIANT INV-IPAM-1: in one address space, a plane of a cluster, an address is handed out once.
 * INVARIANT INV-IPAM-2: the sets of addresses are those of the live allocations.
 */
export class AllocationBook {
  private readonly taken = new Map<string, SparseBitmap>();
  private readonly byAddress = new Map<string, Allocation>();
  private readonly byIdentifier = new Map<string, Map<string, readonly Allocation[]>>();
  /** By the sequence of the allocation. */
  private readonly resting = new Map<number, RestingAddress>();
  private readonly dues = new DueQueue<Allocation>();
  private last = 0;

  /** The book after the change `sequence`, when `live` was handed out. */
  static after(sequence: number, live: Iterable<Allocation>, resting: Iterable<RestingAddress> = []): AllocationBook {
    const book = new AllocationBook();
    for (const allocation of live) book.add(allocation);
    for (const address of resting) book.rest(address);
    book.last = sequence;
    return book;
  }

  /** Of the newest change in the book. */
  get sequence(): number {
    return this.last;
  }

  /** Enters a change; one that the book has already is passed over, so that changes may be read twice. */
  enter({ type, sequence, allocation, restsUntil }: AllocationEvent): void {
    if (sequence <= this.last) return;
    if (type === 'allocated') this.add(allocation);
    else if (type === 'released') this.remove(allocation);
    else this.wake(allocation);
    if (type === 'released' && restsUntil !== undefined) this.rest({ allocation, until: restsUntil });
    this.last = sequence;
  }

  /** Takes the newest change back. `restsUntil` of a change that frees an address: until when it was to rest. */
  undo({ type, sequence, allocation, restsUntil }: AllocationEvent): void {
    invariant(sequence === this.last, 'the newest change is undone first');
    if (type === 'released' && restsUntil !== undefined) this.wake(allocation);
    if (type === 'allocated') this.remove(allocation);
    else if (type === 'released') this.add(allocation);
    else this.rest({ allocation, until: restsUntil ?? '' });
    this.last = sequence - 1;
  }

  /** At most `most` of what is due at a time (milliseconds since 1970), the earliest first. What is not entered or undone then is not told again. */
  due(now: number, most: number): DueChanges {
    // What was entered, taken back and entered again is in the queue more than once.
    const ended = new Map<number, Allocation>();
    const rested = new Map<number, RestingAddress>();
    while (ended.size + rested.size < most) {
      const allocation = this.dues.pop(now);
      if (!allocation) break;
      const { sequence, plane, ip } = allocation;
      const resting = this.resting.get(sequence);
      if (resting && Date.parse(resting.until) <= now) rested.set(sequence, resting);
      else if (!resting && this.holder(plane, ip)?.sequence === sequence) ended.set(sequence, allocation);
    }
    return { ended: [...ended.values()], rested: [...rested.values()] };
  }

  /** Whether an address rests, and until when. */
  restOf(plane: AddressPlane, ip: Ip): string | undefined {
    if (this.resting.size === 0 || this.holder(plane, ip) || !this.takenOf(plane, ip.family).has(ip.value)) return undefined;
    const text = addressKey(plane, ip);
    for (const { allocation, until } of this.resting.values()) if (addressKey(allocation.plane, allocation.ip) === text) return until;
    return undefined;
  }

  /** The allocation of an address in a plane. */
  holder(plane: AddressPlane, ip: Ip): Allocation | undefined {
    return this.byAddress.get(addressKey(plane, ip));
  }

  /** The allocations of an address, in the order of the planes. */
  holders(ip: Ip): readonly Allocation[] {
    return ADDRESS_PLANES.flatMap((plane) => this.holder(plane, ip) ?? []);
  }

  /** The first of what a caller has of a pool. */
  find(pool: string, identifier: string): Allocation | undefined {
    return this.members(pool, identifier)[0];
  }

  /** All that a caller has of a pool under one identifier, in the order in which it was handed out. */
  members(pool: string, identifier: string): readonly Allocation[] {
    return this.byIdentifier.get(pool)?.get(identifier) ?? [];
  }

  /** Everything that is handed out. */
  live(): Iterable<Allocation> {
    return this.byAddress.values();
  }

  /** The identifiers that have something of a pool. */
  identifiers(pool: string): Iterable<string> {
    return this.byIdentifier.get(pool)?.keys() ?? [];
  }

  /** The addresses of a plane that are handed out or rest. It changes with the book. */
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
    const { plane, ip, pool, identifier, terms } = allocation;
    const added = this.takenOf(plane, ip.family).add(ip.value);
    invariant(added === 1, 'INV-IPAM-1');
    this.byAddress.set(addressKey(plane, ip), allocation);
    const ofPool = this.byIdentifier.get(pool) ?? new Map<string, readonly Allocation[]>();
    const others = ofPool.get(identifier);
    const members = others ? inOrder([...others, allocation]) : [allocation];
    this.byIdentifier.set(pool, ofPool.set(identifier, members));
    if (terms && terms.leaseUntil !== null) this.dues.push(Date.parse(terms.leaseUntil), allocation);
  }

  private remove({ plane, ip, pool, identifier, sequence }: Allocation): void {
    this.takenOf(plane, ip.family).delete(ip.value);
    this.byAddress.delete(addressKey(plane, ip));
    const ofPool = this.byIdentifier.get(pool);
    const left = ofPool?.get(identifier)?.filter((member) => member.sequence !== sequence) ?? [];
    if (left.length > 0) ofPool?.set(identifier, left);
    else ofPool?.delete(identifier);
  }

  private rest(address: RestingAddress): void {
    const { plane, ip, sequence } = address.allocation;
    this.takenOf(plane, ip.family).add(ip.value);
    this.resting.set(sequence, address);
    this.dues.push(Date.parse(address.until), address.allocation);
  }

  private wake({ plane, ip, sequence }: Allocation): void {
    this.takenOf(plane, ip.family).delete(ip.value);
    this.resting.delete(sequence);
  }
}

/** A change that is taken back may be in the middle; what is new is at the end. */
function inOrder(members: Allocation[]): readonly Allocation[] {
  const [before, last] = members.slice(-2);
  return before && last && before.sequence < last.sequence ? members : members.sort((a, b) => a.sequence - b.sequence);
}

function addressKey(plane: AddressPlane, ip: Ip): string {
  return `${plane} ${formatIp(ip)}`;
}
