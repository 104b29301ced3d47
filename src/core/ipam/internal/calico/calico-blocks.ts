import { compareBy } from '../../../kernel/compare.js';
import { childAt, childCount, childIndexOf } from '../../../net/child-cidrs.js';
import { type Cidr, cidrContains, cidrOf, formatCidr } from '../../../net/cidr.js';
import type { Ip, IpFamily } from '../../../net/ip.js';
import type { CalicoPool } from '../../calico-pool-choice.js';
import { BlockStarts } from './block-starts.js';
import { CalicoBlock } from './calico-block.js';
import type { ReservedAddresses } from './reserved-addresses.js';
import type { HostReserve } from './windows-hosts.js';

/** A block as it stood before anything was asked. */
export interface StandingBlock {
  readonly cidr: Cidr;
  /** Undefined: nobody's. */
  readonly owner: string | undefined;
  readonly make: () => CalicoBlock;
}

/** The blocks that stood before. They may be many: each is brought in when it is looked at. */
export interface StandingBlocks {
  has(cidr: Cidr): boolean;
  at(cidr: Cidr): StandingBlock | undefined;
  of(owner: string): readonly StandingBlock[];
  /** The number of the first block of a pool, from this one on, of which nothing is anybody's; undefined: there is none. */
  nextUntouched(pool: CalicoPool, from: bigint): bigint | undefined;
  /** The same of those of which something is nobody's. */
  nextWithRoom(pool: CalicoPool, from: bigint): bigint | undefined;
}

type Next = (from: bigint) => bigint | undefined;

const itself = (_: CalicoPool, from: bigint): bigint => from;
const NOTHING_STANDS: StandingBlocks = { has: () => false, at: () => undefined, of: () => [], nextUntouched: itself, nextWithRoom: itself };

/** A block, and the node it is affine to. */
export class ClaimedBlock {
  private made: CalicoBlock | undefined;

  constructor(
    readonly key: bigint,
    readonly cidr: Cidr,
    public owner: string | undefined,
    readonly claimedAt: number,
    private readonly make: () => CalicoBlock,
  ) {}

  /** Made when it is looked into first. */
  get block(): CalicoBlock {
    this.made ??= this.make();
    return this.made;
  }
}

/** Seconds after which a claim of an empty block may be taken over (projectcalico/calico `ipam_block_reader_writer.go`). */
const CLAIM_IS_YOUNG = 60;
/** Of blocks that stood before: nobody's claim to them is young. */
const CLAIMED_LONG_AGO = -CLAIM_IS_YOUNG;

/** The blocks there are, the nodes they are affine to, and which handles have addresses in them. */
export class CalicoBlocks {
  private readonly byKey = new Map<bigint, ClaimedBlock>();
  private readonly ofHandles = new Map<string, Set<bigint>>();
  private readonly cooling = new Set<bigint>();
  /** Blocks made so far: a block that is made again has other sequences. */
  private made = 0n;
  private looks = 0;
  /** Keys of standing blocks that were brought in: what became of them since is told here. */
  private readonly brought = new Set<bigint>();
  private readonly starts = new BlockStarts();

  constructor(private readonly standing: StandingBlocks = NOTHING_STANDS) {}

  /** Blocks looked at since this was asked last: what the operations cost. */
  takeLooks(): number {
    const { looks } = this;
    this.looks = 0;
    return looks;
  }

  /** Lowest first. */
  all(): readonly ClaimedBlock[] {
    return this.present().sort(byAddress);
  }

  at(cidr: Cidr): ClaimedBlock | undefined {
    this.looks++;
    const key = keyOf(cidr);
    const known = this.byKey.get(key);
    if (known || this.brought.has(key)) return known;
    const standing = this.standing.at(cidr);
    return standing && this.bring(standing);
  }

  /** Whether there is the block; unlike {@link at}, it is not brought in. */
  private has(cidr: Cidr): boolean {
    this.looks++;
    const key = keyOf(cidr);
    return this.byKey.has(key) || (!this.brought.has(key) && this.standing.has(cidr));
  }

  /** The block that has the address, whatever pool it was made of. */
  holding(ip: Ip): ClaimedBlock | undefined {
    return this.present().find(({ cidr }) => cidrContains(cidr, ip));
  }

  /** The blocks of a node, in the order in which Calico lists its affinities: that of their names. */
  affineTo(node: string, family?: IpFamily): readonly ClaimedBlock[] {
    for (const standing of this.standing.of(node)) this.bring(standing);
    const own = this.present().filter(({ owner, cidr }) => owner === node && (family ?? cidr.family) === cidr.family);
    return own.sort(compareBy(({ cidr }) => affinityName(cidr)));
  }

  /** Makes a block that nobody has. */
  claim(cidr: Cidr, node: string, now: number, reserve?: HostReserve): ClaimedBlock {
    const key = keyOf(cidr);
    const sequence = ++this.made << 32n;
    const claimed = new ClaimedBlock(key, cidr, node, now, () => new CalicoBlock(cidr, sequence, reserve));
    this.byKey.set(key, claimed);
    return claimed;
  }

  /** Gives up the affinity; a block that nobody uses goes with it. */
  disown(claimed: ClaimedBlock): void {
    claimed.owner = undefined;
    claimed.block.rewrite();
    this.dropIfUnused(claimed);
  }

  /** A block that nobody has claimed, of the first pool that has one; else the first empty one of another node, which is taken from it. Both in the order in which the node looks at blocks. */
  unclaimed(pools: readonly CalicoPool[], node: string, now: number, reserved: ReservedAddresses): Cidr | undefined {
    const claimed: Cidr[] = [];
    for (const pool of pools) {
      const next: Next = (from) => this.standing.nextUntouched(pool, from);
      for (const cidr of unreservedBlocks(pool, this.starts.of(pool, node), reserved, next)) {
        if (!this.has(cidr)) return cidr;
        claimed.push(cidr);
      }
    }
    const idle = claimed.find((cidr) => this.isIdle(this.at(cidr), node, now));
    if (idle) this.byKey.delete(keyOf(idle));
    return idle;
  }

  /** The blocks of a pool that have room, in the order in which a node looks at them, where none is left to claim. */
  *toBorrowFrom(pool: CalicoPool, node: string, reserved: ReservedAddresses): Generator<ClaimedBlock> {
    const next: Next = (from) => this.standing.nextWithRoom(pool, from);
    for (const cidr of unreservedBlocks(pool, this.starts.of(pool, node), reserved, next)) {
      const claimed = this.at(cidr);
      if (claimed) yield claimed;
    }
  }

  /** Blocks in which a handle has addresses. */
  ofHandle(handle: string): readonly ClaimedBlock[] {
    return [...(this.ofHandles.get(handle) ?? [])].flatMap((key) => this.byKey.get(key) ?? []).sort(byAddress);
  }

  noteHandle(handle: string | undefined, { key }: ClaimedBlock): void {
    if (handle === undefined) return;
    const keys = this.ofHandles.get(handle) ?? new Set();
    this.ofHandles.set(handle, keys.add(key));
  }

  noteRelease({ key }: ClaimedBlock): void {
    this.cooling.add(key);
  }

  /** Lets released addresses come back whose cooldown is over. */
  collect(now: number, cooldown: number): void {
    for (const key of this.cooling) {
      const claimed = this.byKey.get(key);
      if (claimed?.block.collect(now, cooldown)) this.dropIfUnused(claimed);
    }
    if (cooldown === 0) this.cooling.clear();
  }

  private bring({ cidr, owner, make }: StandingBlock): ClaimedBlock | undefined {
    const key = keyOf(cidr);
    if (!this.brought.has(key) && !this.byKey.has(key)) this.byKey.set(key, new ClaimedBlock(key, cidr, owner, CLAIMED_LONG_AGO, make));
    this.brought.add(key);
    return this.byKey.get(key);
  }

  private present(): ClaimedBlock[] {
    this.looks += this.byKey.size;
    return [...this.byKey.values()];
  }

  /** Of nobody's blocks none is: Calico has no affinity to release there. */
  private isIdle(claimed: ClaimedBlock | undefined, node: string, now: number): boolean {
    if (!claimed) return false;
    const { owner, claimedAt, block } = claimed;
    return owner !== undefined && owner !== node && claimedAt + CLAIM_IS_YOUNG <= now && block.isEmpty();
  }

  private dropIfUnused({ key, owner, block }: ClaimedBlock): void {
    if (owner === undefined && block.isEmpty()) this.byKey.delete(key);
  }
}

/** The block of a pool that has the address. */
export function blockOf(pool: CalicoPool, ip: Ip): Cidr {
  return cidrOf(ip, pool.blockSize);
}

/** The blocks of a pool that are not reserved as a whole, from one of them on, wrapping; `next` passes over those that do not matter. */
function* unreservedBlocks(pool: CalicoPool, start: bigint, reserved: ReservedAddresses, next: Next): Generator<Cidr> {
  const count = childCount(pool.cidr, pool.blockSize);
  for (const [first, end] of [[start, count] as const, [0n, start] as const]) {
    for (let index = next(first); index !== undefined && index < end;) {
      const cidr = childAt(pool.cidr, pool.blockSize, index);
      if (!cidr) return;
      const last = reserved.endOfWhole(cidr);
      if (last === undefined) yield cidr;
      // The block in which a reservation ends has addresses behind it.
      index = next(last === undefined ? index + 1n : numberOf(pool, last + 1n, count));
    }
  }
}

/** Of the block of a pool that has the address; of one behind the pool the number of its blocks. */
function numberOf({ cidr, blockSize }: CalicoPool, value: bigint, count: bigint): bigint {
  return childIndexOf(cidr, blockSize, cidrOf({ family: cidr.family, value }, blockSize)) ?? count;
}

/** Blocks of pools that followed one another may begin at the same address. */
function keyOf({ family, base, prefix }: Cidr): bigint {
  return (base << 9n) | (BigInt(prefix) << 1n) | (family === 6 ? 1n : 0n);
}

/** What the BlockAffinity of a node is called behind the node's name; the API server lists by name, and etcd by a key with the same order (`libcalico-go/lib/names`, CIDRToName). */
function affinityName(cidr: Cidr): string {
  return formatCidr(cidr).replaceAll(/[.:/]/g, '-');
}

/** IPv4 first. */
export function byAddress(a: ClaimedBlock, b: ClaimedBlock): number {
  const [left, right] = [a.cidr, b.cidr];
  return left.family - right.family || (left.base < right.base ? -1 : 1);
}
