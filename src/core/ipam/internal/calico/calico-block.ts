import { type Cidr, cidrContains, cidrSize, formatCidr } from '../../../net/cidr.js';
import { formatIp, type Ip } from '../../../net/ip.js';
import { type HostReserve, isWindowsHandle, keptOrdinals, NO_RESERVE, WINDOWS_HANDLE } from './windows-hosts.js';

/** Whoever asked for an address. */
export interface Holder {
  readonly handle: string | undefined;
  /** The node it asked for; undefined where a block is looked at alone. */
  readonly node: string | undefined;
}

interface Assignment extends Holder {
  /** Of the address at the time it was given: a later owner has another. */
  readonly sequence: bigint;
  /** Seconds; undefined while it is held. A released address cools down before it can be given again. */
  readonly releasedAt: number | undefined;
}

/** An address of a block that somebody holds, or that was given back and rests. */
export interface Standing {
  readonly handle: string | undefined;
  readonly rests: boolean;
}

interface GiveOptions {
  readonly sequence?: bigint | undefined;
  readonly releasedAt?: number | undefined;
}

/** One address to release. Fails as a whole where the handle or the sequence is not the holder's. */
export interface ReleaseItem {
  readonly ip: Ip;
  readonly handle?: string | undefined;
  readonly sequence?: bigint | undefined;
}

/** Why nothing was released. */
export type ReleaseRefusal = 'HANDLE_MISMATCH' | 'STALE_SEQUENCE';

/** What a release came to. */
export interface Released {
  /** Addresses that nobody held. */
  readonly unallocated: readonly string[];
  readonly released: number;
  /** Addresses freed of each handle. */
  readonly byHandle: Readonly<Record<string, number>>;
}

/** Which addresses automatic assignment leaves out. */
export type IsReserved = (ip: Ip) => boolean;

/**
 * A block of Calico's IPAM: a queue of free ordinals from which the head is given and to whose tail released ones go, so that the address that was free longest comes next
 * (projectcalico/calico `libcalico-go/lib/ipam/ipam_block.go`). Every address of the block can be given.
 */
export class CalicoBlock {
  readonly size: number;
  private free: number[];
  private readonly held = new Map<number, Assignment>();
  /** Grows with every change of who holds what. */
  changes = 0;

  /** The first `reserveStart` and the last `reserveEnd` addresses are the host's own. */
  constructor(
    readonly cidr: Cidr,
    private sequence: bigint,
    reserve: HostReserve = NO_RESERVE,
  ) {
    this.size = Number(cidrSize(cidr));
    this.free = Array.from({ length: this.size }, (_, ordinal) => ordinal);
    this.give(new Set(keptOrdinals(reserve, this.size)), { handle: WINDOWS_HANDLE, node: undefined });
  }

  /** As it stood: who holds what of it, what rests, and in which order the rest is given. */
  static standing(cidr: Cidr, held: ReadonlyMap<number, Standing>, queue: readonly number[]): CalicoBlock {
    const block = new CalicoBlock(cidr, 0n);
    for (const [ordinal, { handle, rests }] of held)
      block.held.set(ordinal, { handle, node: undefined, sequence: 0n, releasedAt: rests ? 0 : undefined });
    block.free = [...queue];
    return block;
  }

  /** Gives up to `count` addresses from the head of the queue; reserved ones keep their places. */
  take(count: number, holder: Holder, isReserved: IsReserved): readonly Ip[] {
    const given = new Set<number>();
    for (const ordinal of this.free) {
      if (given.size >= count) break;
      if (!isReserved(this.ipAt(ordinal))) given.add(ordinal);
    }
    this.give(given, holder);
    return [...given].map((ordinal) => this.ipAt(ordinal));
  }

  /** Gives one address, whether it is reserved or not; false where somebody has it, or it cools down. */
  assign(ip: Ip, holder: Holder, options: GiveOptions = {}): boolean {
    const ordinal = this.ordinalOf(ip);
    if (this.held.has(ordinal)) return false;
    this.give(new Set([ordinal]), holder, options);
    return true;
  }

  /**
   * Releases addresses; nothing where one of them is asked for by an outdated or foreign owner. They come back by `collect`. An address that cools down keeps its sequence until then, and
   * to release it once more is no fault (projectcalico/calico `design/ipam/ipam-core-library.md`, "IP release and cooldown"); one that is free has none, which is 0.
   */
  release(items: readonly ReleaseItem[], now: number): Released | ReleaseRefusal {
    const ordinals = new Map(items.map((item) => [this.ordinalOf(item.ip), item]));
    for (const [ordinal, { handle, sequence }] of ordinals) {
      const holder = this.holderAt(ordinal);
      if (sequence !== undefined && sequence !== (this.held.get(ordinal)?.sequence ?? 0n)) return 'STALE_SEQUENCE';
      if (holder && handle !== undefined && handle !== (holder.handle ?? '')) return 'HANDLE_MISMATCH';
    }
    return this.releaseOrdinals([...ordinals.keys()], now);
  }

  /** Releases what a handle holds; an address of another sequence stays. */
  releaseByHandle(handle: string, now: number, sequence?: bigint): number {
    const ordinals = this.ordinals((one) => one.handle === handle && (sequence === undefined || one.sequence === sequence));
    return this.releaseOrdinals(ordinals, now).released;
  }

  /** Puts what was released at least `cooldown` seconds ago at the tail of the queue, in ascending order; whether there was any. */
  collect(now: number, cooldown: number): boolean {
    const cold = [...this.held].filter(([, { releasedAt }]) => releasedAt !== undefined && releasedAt + cooldown <= now);
    const ordinals = cold.map(([ordinal]) => ordinal).sort((a, b) => a - b);
    for (const ordinal of ordinals) this.held.delete(ordinal);
    this.free.push(...ordinals);
    return ordinals.length > 0;
  }

  /** Whether nobody but the host holds an address, and none cools down (`empty`). */
  isEmpty(): boolean {
    return [...this.held.values()].every(({ handle, releasedAt }) => releasedAt === undefined && isWindowsHandle(handle));
  }

  /** A write that changes no address counts, too: sequences go on from it (`updateBlock`). */
  rewrite(): void {
    this.sequence++;
  }

  /** How many addresses can be given at once. */
  freeCount(isReserved: IsReserved): number {
    return this.free.filter((ordinal) => !isReserved(this.ipAt(ordinal))).length;
  }

  /** How many addresses of the block are reserved, held or not. */
  reservedCount(isReserved: IsReserved): number {
    return Array.from({ length: this.size }, (_, ordinal) => this.ipAt(ordinal)).filter(isReserved).length;
  }

  /** The held addresses for which `wanted` holds, ascending. */
  addresses(wanted: (holder: Holder) => boolean = () => true): readonly Ip[] {
    return this.ordinals(wanted).map((ordinal) => this.ipAt(ordinal));
  }

  /** Who holds an address, and under which sequence. */
  holderOf(ip: Ip): (Holder & { readonly sequence: bigint }) | undefined {
    return this.holderAt(this.ordinalOf(ip));
  }

  /** The held ordinals, cooling ones too, ascending; and the queue of free ones. */
  ordinalState(): { readonly allocated: readonly number[]; readonly queue: readonly number[] } {
    return { allocated: [...this.held.keys()].sort((a, b) => a - b), queue: this.free };
  }

  ipAt(ordinal: number): Ip {
    return { family: this.cidr.family, value: this.cidr.base + BigInt(ordinal) };
  }

  private ordinalOf(ip: Ip): number {
    if (!cidrContains(this.cidr, ip)) throw new RangeError(`${formatIp(ip)} is outside ${formatCidr(this.cidr)}`);
    return Number(ip.value - this.cidr.base);
  }

  private holderAt(ordinal: number): Assignment | undefined {
    const assignment = this.held.get(ordinal);
    return assignment?.releasedAt === undefined ? assignment : undefined;
  }

  private ordinals(wanted: (assignment: Assignment) => boolean): readonly number[] {
    const all = [...this.held].filter(([, assignment]) => assignment.releasedAt === undefined && wanted(assignment));
    return all.map(([ordinal]) => ordinal).sort((a, b) => a - b);
  }

  private releaseOrdinals(ordinals: readonly number[], now: number): Released {
    const unallocated: string[] = [];
    const byHandle: Record<string, number> = {};
    let released = 0;
    for (const ordinal of ordinals) {
      const holder = this.holderAt(ordinal);
      if (!holder) {
        unallocated.push(formatIp(this.ipAt(ordinal)));
        continue;
      }
      this.held.set(ordinal, { ...holder, releasedAt: now });
      this.changes++;
      released++;
      if (holder.handle !== undefined) byHandle[holder.handle] = (byHandle[holder.handle] ?? 0) + 1;
    }
    if (released > 0) this.sequence++;
    return { unallocated, released, byHandle };
  }

  /** What is given at one time has one sequence; every change of the block counts, a release too. */
  private give(ordinals: ReadonlySet<number>, { handle, node }: Holder, options: GiveOptions = {}): void {
    const { sequence = this.sequence, releasedAt } = options;
    for (const ordinal of ordinals) this.held.set(ordinal, { handle, node, sequence, releasedAt });
    this.dropFree(ordinals);
    this.sequence++;
    this.changes++;
  }

  /** Mostly the head of the queue goes, or one ordinal. */
  private dropFree(ordinals: ReadonlySet<number>): void {
    let head = 0;
    while (head < ordinals.size && ordinals.has(this.free[head] ?? -1)) head++;
    if (head === ordinals.size) this.free.splice(0, head);
    else this.free = this.free.filter((ordinal) => !ordinals.has(ordinal));
  }
}
