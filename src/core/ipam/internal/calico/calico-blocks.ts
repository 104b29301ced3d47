import { compareBy } from '../../../kernel/compare.js';
import { childAt, childCount, childIndexOf } from '../../../net/child-cidrs.js';
import { type Cidr, cidrContains, cidrOf, formatCidr } from '../../../net/cidr.js';
import { InnerCidrs } from '../../../net/inner-cidrs.js';
import type { Ip, IpFamily } from '../../../net/ip.js';
import type { CalicoPool } from '../../calico-pool-choice.js';
import { BlockStarts } from './block-starts.js';
import { CalicoBlock } from './calico-block.js';
import type { ReservedAddresses } from './reserved-addresses.js';

/** A block as it stood before anything was asked. */
export interface StandingBlock {
  readonly cidr: Cidr;
  /** Undefined: nobody's. */
  readonly owner: string | undefined;
  readonly make: () => CalicoBlock;
}

/** The blocks that stood before. They may be many: each is brought in when it is looked at. */
export interface StandingBlocks {
  at(cidr: Cidr): StandingBlock | undefined;
  of(owner: string): readonly StandingBlock[];
  all(): readonly StandingBlock[];
}

const NOTHING_STANDS: StandingBlocks = { at: () => undefined, of: () => [], all: () => [] };

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

/** Addresses that a Windows host keeps at the ends of its blocks. */
export interface HostReserve {
  readonly start: number;
  readonly end: number;
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
  private allBrought = false;

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
    return this.each().sort(byAddress);
  }

  at(cidr: Cidr): ClaimedBlock | undefined {
    this.looks++;
    const key = keyOf(cidr);
    const known = this.byKey.get(key);
    if (known || this.brought.has(key)) return known;
    const standing = this.standing.at(cidr);
    return standing && this.bring(standing);
  }

  /** The block that has the address, whatever pool it was made of. */
  holding(ip: Ip): ClaimedBlock | undefined {
    return this.each().find(({ cidr }) => cidrContains(cidr, ip));
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
    this.dropIfUnused(claimed);
  }

  /** A block that nobody has claimed, of the first pool that has one; else the first empty one of another node, which is taken from it. Both in the order in which the node looks at blocks. */
  unclaimed(pools: readonly CalicoPool[], node: string, now: number, reserved: ReservedAddresses): Cidr | undefined {
    for (const pool of pools) {
      for (const cidr of unreservedBlocks(pool, this.starts.of(pool, node), reserved)) if (!this.at(cidr)) return cidr;
    }
    for (const [, blocks] of this.inOrderOf(pools, node)) {
      const idle = blocks.find((one) => this.isIdle(one, node, now) && !reserved.endOfWhole(one.cidr));
      if (!idle) continue;
      this.byKey.delete(idle.key);
      return idle.cidr;
    }
    return undefined;
  }

  /** Of each pool the blocks in the order in which a node looks at them. Pools may be as many as blocks: all are looked at once. */
  *inOrderOf(pools: readonly CalicoPool[], node: string): Generator<readonly [CalicoPool, readonly ClaimedBlock[]]> {
    const blocks = new InnerCidrs(this.each().map((claimed) => [claimed.cidr, claimed] as const));
    for (const pool of pools) {
      const count = blockCount(pool);
      const start = this.starts.of(pool, node);
      const distance = ({ cidr }: ClaimedBlock) => ((childIndexOf(pool.cidr, pool.blockSize, cidr) ?? 0n) - start + count) % count;
      const own = blocks.within(pool.cidr).filter(({ cidr }) => isBlockOf(pool, cidr));
      yield [pool, own.sort((a, b) => (distance(a) < distance(b) ? -1 : 1))];
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

  private each(): ClaimedBlock[] {
    if (!this.allBrought) for (const standing of this.standing.all()) this.bring(standing);
    this.allBrought = true;
    return this.present();
  }

  private present(): ClaimedBlock[] {
    this.looks += this.byKey.size;
    return [...this.byKey.values()];
  }

  /** Of nobody's blocks none is: Calico has no affinity to release there. */
  private isIdle({ owner, claimedAt, block }: ClaimedBlock, node: string, now: number): boolean {
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

/** How many blocks a pool has. */
function blockCount({ cidr, blockSize }: CalicoPool): bigint {
  return childCount(cidr, blockSize);
}

/** Whether the block is one of the pool's. */
function isBlockOf({ cidr, blockSize }: CalicoPool, block: Cidr): boolean {
  return block.prefix === blockSize && cidrContains(cidr, { family: block.family, value: block.base });
}

/** The blocks of a pool that are not reserved as a whole, from one of them on, wrapping. */
function* unreservedBlocks(pool: CalicoPool, start: bigint, reserved: ReservedAddresses): Generator<Cidr> {
  const count = blockCount(pool);
  for (let step = 0n; step < count;) {
    const index = (start + step) % count;
    const cidr = childAt(pool.cidr, pool.blockSize, index);
    if (!cidr) return;
    const end = reserved.endOfWhole(cidr);
    if (end === undefined) {
      yield cidr;
      step++;
    } else {
      // The block in which the reservation ends has addresses behind it.
      const next = childIndexOf(pool.cidr, pool.blockSize, cidrOf({ family: cidr.family, value: end + 1n }, pool.blockSize)) ?? count;
      step += next - index;
    }
  }
}

/** Blocks of pools that followed one another may begin at the same address. */
function keyOf({ family, base, prefix }: Cidr): bigint {
  return (base << 9n) | (BigInt(prefix) << 1n) | (family === 6 ? 1n : 0n);
}

/** What the BlockAffinity of a node is called behind the node's name; the API server lists by name, and etcd by a key with the same order (`libcalico-go/lib/names`, CIDRToName). */
function affinityName(cidr: Cidr): string {
  return formatCidr(cidr).replaceAll(/[.:/]/g, '-');
}

function byAddress(a: ClaimedBlock, b: ClaimedBlock): number {
  const [left, right] = [a.cidr, b.cidr];
  return left.family - right.family || (left.base < right.base ? -1 : 1);
}
