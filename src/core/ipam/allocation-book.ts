import { invariant } from '../kernel/invariant.js';
import { finished, forEachInSteps, type Steps } from '../kernel/steps.js';
import type { Cidr } from '../net/cidr.js';
import type { Ip, IpFamily } from '../net/ip.js';
import { ADDRESS_PLANES, type AddressPlane } from './address-plane.js';
import type { Allocation, RestingAddress } from './allocation.js';
import { AddressSpace, keyOf } from './internal/address-space.js';
import { DueQueue } from './internal/due-queue.js';
import { NodeParts } from './internal/node-parts.js';
import type { TakenSpace } from './taken-space.js';

/** One change of the allocations of a cluster: something was handed out or given back, or may be handed out again. */
export interface AllocationEvent {
  readonly type: 'allocated' | 'released' | 'freed';
  /** Counts the changes of a cluster from 1. */
  readonly sequence: number;
  readonly allocation: Allocation;
  /** RFC 3339. Of a release: until then nobody gets the address; absent: it is free at once. */
  readonly restsUntil?: string | undefined;
}

/** What time has brought about. */
export interface DueChanges {
  /** Leases that are over. */
  readonly ended: readonly Allocation[];
  /** Addresses that have rested. */
  readonly rested: readonly RestingAddress[];
}

const ENTRIES_A_STEP = 1_000;

/**
 * What was handed out of a cluster's addresses, as of one change. INVARIANT INV-IPAM-1: in one address space, a plane of a cluster, an address is handed out once.
 * INVARIANT INV-IPAM-2: the sets of addresses are those of the live allocations.
 */
export class AllocationBook {
  private readonly spaces: Readonly<Record<AddressPlane, PlaneSpaces>> = {
    pod: planeSpaces(),
    service: planeSpaces(),
    node: planeSpaces(),
    lb: planeSpaces(),
    external: planeSpaces(),
  };
  private readonly byIdentifier = new Map<string, Map<string, readonly Allocation[]>>();
  private readonly dues = new DueQueue<Allocation>();
  /** Which parts of pools nodes have by what was handed out for them. */
  readonly parts = new NodeParts();
  private last = 0;

  /** The book after the change `sequence`, when `live` was handed out. */
  static after(sequence: number, live: Iterable<Allocation>, resting: Iterable<RestingAddress> = []): AllocationBook {
    return finished(AllocationBook.inSteps(sequence, live, resting));
  }

  /** The same. Yields often: a million allocations take seconds. */
  static *inSteps(sequence: number, live: Iterable<Allocation>, resting: Iterable<RestingAddress>): Steps<AllocationBook> {
    const book = new AllocationBook();
    yield* forEachInSteps(live, ENTRIES_A_STEP, (allocation) => book.add(allocation));
    yield* forEachInSteps(resting, ENTRIES_A_STEP, (address) => book.rest(address));
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

  /** How much time is to bring about: the leases that live and the rests. */
  get waiting(): number {
    return this.dues.size;
  }

  /** Whether something is due at a time (milliseconds since 1970). */
  isDue(now: number): boolean {
    return this.dues.isDue(now);
  }

  /** At most `most` of what is due at a time (milliseconds since 1970), the earliest first. What is not entered or undone then is not told again. */
  due(now: number, most: number): DueChanges {
    const ended: Allocation[] = [];
    const rested: RestingAddress[] = [];
    while (ended.length + rested.length < most) {
      const allocation = this.dues.pop(now);
      if (!allocation) break;
      const { plane, ip } = allocation;
      const here = this.spaceOf(plane, ip).resting.get(keyOf(ip));
      if (here?.allocation === allocation) rested.push(here);
      else ended.push(allocation);
    }
    return { ended, rested };
  }

  /** Whether an address rests, or the prefix that it is in, and until when. */
  restOf(plane: AddressPlane, ip: Ip): string | undefined {
    return this.spaceOf(plane, ip).restOf(ip)?.until;
  }

  /** The allocation of an address in a plane: its own, or that of the prefix that it is in. */
  holder(plane: AddressPlane, ip: Ip): Allocation | undefined {
    return this.spaceOf(plane, ip).holderOf(ip);
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

  /** Everything that is handed out, plane by plane. */
  *live(): Generator<Allocation> {
    for (const plane of ADDRESS_PLANES) for (const family of FAMILIES) yield* this.spaces[plane][family].holders.values();
  }

  /** Everything that was given back and that nobody gets yet. */
  *resting(): Generator<RestingAddress> {
    for (const plane of ADDRESS_PLANES) for (const family of FAMILIES) yield* this.spaces[plane][family].resting.values();
  }

  /** The prefixes that are handed out as a whole and meet a prefix, in no order: those around it, and of each length and plane the `most` lowest in it. */
  *prefixesNear(cidr: Cidr, most: number): Generator<Allocation> {
    for (const plane of ADDRESS_PLANES) yield* this.spaces[plane][cidr.family].prefixesNear(cidr, most);
  }

  /** The pools of which something is handed out. */
  *pools(): Generator<string> {
    for (const [pool, identifiers] of this.byIdentifier) if (identifiers.size > 0) yield pool;
  }

  /** The identifiers that have something of a pool. */
  identifiers(pool: string): Iterable<string> {
    return this.byIdentifier.get(pool)?.keys() ?? [];
  }

  /** What of a plane is handed out or rests. It changes with the book. */
  takenOf(plane: AddressPlane, family: IpFamily): TakenSpace {
    return this.spaces[plane][family].taken;
  }

  private spaceOf(plane: AddressPlane, { family }: Ip): AddressSpace {
    return this.spaces[plane][family];
  }

  private add(allocation: Allocation): void {
    const { plane, ip, pool, identifier, terms } = allocation;
    const space = this.spaceOf(plane, ip);
    space.take(allocation);
    space.holders.set(keyOf(ip), allocation);
    this.parts.add(allocation);
    let ofPool = this.byIdentifier.get(pool);
    if (!ofPool) this.byIdentifier.set(pool, (ofPool = new Map()));
    const others = ofPool.get(identifier);
    ofPool.set(identifier, others ? inOrder([...others, allocation]) : [allocation]);
    if (terms && terms.leaseUntil !== null) this.dues.push(Date.parse(terms.leaseUntil), allocation);
  }

  private remove(allocation: Allocation): void {
    const { plane, ip, pool, identifier, sequence } = allocation;
    const space = this.spaceOf(plane, ip);
    space.giveBack(allocation);
    this.forget(space.holders.get(keyOf(ip)));
    space.holders.delete(keyOf(ip));
    this.parts.remove(allocation);
    const ofPool = this.byIdentifier.get(pool);
    const left = ofPool?.get(identifier)?.filter((member) => member.sequence !== sequence) ?? [];
    if (left.length > 0) ofPool?.set(identifier, left);
    else ofPool?.delete(identifier);
  }

  private rest(address: RestingAddress): void {
    const { plane, ip } = address.allocation;
    const space = this.spaceOf(plane, ip);
    space.take(address.allocation);
    this.parts.add(address.allocation);
    space.resting.set(keyOf(ip), address);
    this.dues.push(Date.parse(address.until), address.allocation);
  }

  private wake(allocation: Allocation): void {
    const space = this.spaceOf(allocation.plane, allocation.ip);
    space.giveBack(allocation);
    this.parts.remove(allocation);
    this.forget(space.resting.get(keyOf(allocation.ip))?.allocation);
    space.resting.delete(keyOf(allocation.ip));
  }

  /** INVARIANT: time brings about nothing of what is no more. What was taken back, or decided and not written, leaves its address and its sequence to another. */
  private forget(allocation: Allocation | undefined): void {
    if (allocation) this.dues.delete(allocation);
  }
}

const FAMILIES: readonly IpFamily[] = [4, 6];

type PlaneSpaces = Readonly<Record<IpFamily, AddressSpace>>;

function planeSpaces(): PlaneSpaces {
  return { 4: new AddressSpace(4), 6: new AddressSpace(6) };
}

/** A change that is taken back may be in the middle; what is new is at the end. */
function inOrder(members: Allocation[]): readonly Allocation[] {
  const [before, last] = members.slice(-2);
  return before && last && before.sequence < last.sequence ? members : members.sort((a, b) => a.sequence - b.sequence);
}
