import type { NetworkModel } from '../../../model/network-model.js';
import { type Cidr, cidrSize, formatCidr } from '../../../net/cidr.js';
import { familyBits, type IpFamily } from '../../../net/ip.js';
import { type IpRange, rangeOfCidr, subtractRanges } from '../../../net/ip-set.js';
import { finished } from '../../../kernel/steps.js';
import { inMap } from '../../../kernel/in-map.js';
import type { CalicoIPAMBlock } from '../../../resources/calico-ipam.js';
import type { AllocationBook } from '../../allocation-book.js';
import type { AllocationMemory } from '../../allocation-memory.js';
import type { CalicoPool } from '../../calico-pool-choice.js';
import { clipRanges, firstClipped } from '../../clip-ranges.js';
import type { FreeSpace } from '../../free-space.js';
import { heldAddresses, rangeOf } from '../../held-addresses.js';
import { declaredPool } from '../declared-pool.js';
import { blockSizeOf } from '../node-rooms.js';
import { ownersByPods } from '../owners-by-pods.js';
import { isWindowsHandle, keptOrdinals, reserveOf, WINDOWS_HANDLE } from './windows-hosts.js';
import { CalicoBlock, type Standing } from './calico-block.js';
import type { StandingBlock, StandingBlocks } from './calico-blocks.js';

/** What a cluster's objects tell of a block. */
interface ToldBlock {
  readonly cidr: Cidr;
  readonly owner: string | undefined;
  readonly imported: CalicoIPAMBlock | undefined;
}

/** Every block that a cluster's objects tell of, and those of each owner. */
interface ToldBlocks {
  readonly byCidr: ReadonlyMap<string, ToldBlock>;
  readonly byOwner: ReadonlyMap<string, readonly ToldBlock[]>;
}

/**
 * The blocks of a cluster: as its objects tell of them, and as what was handed out since has changed them. A block that objects do not tell of is there as long as something of it is
 * somebody's, and then stays with its node until another takes it, or the node is gone. `memory`: in which order addresses were given back, and whose blocks were.
 */
export class StoredBlocks implements StandingBlocks {
  private readonly told: ToldBlocks;
  /** What nobody has of pools, in units of so many host bits. */
  private readonly spaces = new Map<string, FreeSpace>();

  constructor(
    private readonly model: NetworkModel,
    private readonly book: AllocationBook,
    private readonly memory: AllocationMemory,
  ) {
    this.told = toldBlocks(model);
  }

  at(cidr: Cidr): StandingBlock | undefined {
    const told = this.told.byCidr.get(formatCidr(cidr));
    const owner = this.ownerOf(cidr, told);
    if (!told && owner === undefined && !this.isTouched(cidr)) return undefined;
    return { cidr, owner, make: () => this.make(cidr, owner, told?.imported) };
  }

  has(cidr: Cidr): boolean {
    const key = formatCidr(cidr);
    return this.told.byCidr.has(key) || this.keeperOf(key) !== undefined || this.isTouched(cidr);
  }

  of(owner: string): readonly StandingBlock[] {
    const told = (this.told.byOwner.get(owner) ?? []).map(({ cidr }) => cidr);
    return this.standing([...told, ...this.book.parts.of(owner), ...this.memory.parts.of(owner)]).filter((block) => block.owner === owner);
  }

  nextUntouched(pool: CalicoPool, from: bigint): bigint | undefined {
    return this.nextFree(pool, BigInt(familyBits(pool.cidr.family) - pool.blockSize), 0n, from);
  }

  nextWithRoom(pool: CalicoPool, from: bigint): bigint | undefined {
    return this.nextFree(pool, 0n, BigInt(familyBits(pool.cidr.family) - pool.blockSize), from);
  }

  /** The number of the block of the first unit, from that of a block on, that nobody has: units of 2^`unit` addresses, of which blocks have 2^`inBlock`. */
  private nextFree(pool: CalicoPool, unit: bigint, inBlock: bigint, from: bigint): bigint | undefined {
    const { first, last } = rangeOfCidr(pool.cidr);
    const found = this.spaceOf(pool, Number(unit)).next((first >> unit) + (from << inBlock), last >> unit);
    return found === undefined ? undefined : (found - (first >> unit)) >> inBlock;
  }

  private spaceOf({ cidr }: CalicoPool, hostBits: number): FreeSpace {
    const span = rangeOfCidr(cidr);
    return inMap(this.spaces, `${formatCidr(cidr)} ${hostBits}`, () =>
      this.book.takenOf('pod', cidr.family).free(subtractRanges([span], clipRanges(heldForGood(this.model), span)), hostBits),
    );
  }

  private standing(cidrs: readonly Cidr[]): readonly StandingBlock[] {
    const distinct = new Map(cidrs.map((cidr) => [formatCidr(cidr), cidr]));
    return [...distinct.values()].flatMap((cidr) => this.at(cidr) ?? []);
  }

  /** A block in which the cluster's objects give addresses is whose they say; an empty one may have changed hands since. */
  private ownerOf(cidr: Cidr, told: ToldBlock | undefined): string | undefined {
    const isUsed = told?.owner !== undefined && this.heldIn(cidr);
    return isUsed ? told.owner : (this.book.parts.ownerOf(cidr) ?? this.keeperOf(formatCidr(cidr)) ?? told?.owner);
  }

  /** An empty block is its node's until the node is gone (kube-controllers `pkg/controllers/node/ipam.go`, `cleanupNode`). */
  private keeperOf(block: string): string | undefined {
    const keeper = this.memory.parts.ownerOf(block);
    return keeper !== undefined && this.model.nodes.has(keeper) ? keeper : undefined;
  }

  private heldIn(cidr: Cidr): boolean {
    return firstClipped(heldAddresses(this.model), rangeOfCidr(cidr)) !== undefined;
  }

  private isTouched(cidr: Cidr): boolean {
    return this.heldIn(cidr) || this.book.takenOf('pod', cidr.family).firstIn(rangeOfCidr(cidr)) !== undefined;
  }

  private make(cidr: Cidr, owner: string | undefined, imported: CalicoIPAMBlock | undefined): CalicoBlock {
    const { family, base } = cidr;
    const range = rangeOfCidr(cidr);
    const held = new Map<number, Standing>();
    for (const taken of [...clipRanges(heldAddresses(this.model), range), ...this.book.takenOf('pod', family).within(range)]) {
      for (let value = taken.first; value <= taken.last; value++) {
        held.set(Number(value - base), { handle: undefined, rests: this.book.restOf('pod', { family, value }) !== undefined });
      }
    }
    for (const { ordinal, handle, resting } of imported?.claims ?? []) held.set(ordinal, { handle: handle ?? undefined, rests: resting });
    if (!imported) this.keepForHost(cidr, owner, held);
    const released = this.memory.released('pod', family).within(range.first, range.last);
    return CalicoBlock.standing(cidr, held, queueOf(range, held, imported?.queue ?? [], released));
  }

  /** What an imported block tells by itself. */
  private keepForHost(cidr: Cidr, owner: string | undefined, held: Map<number, Standing>): void {
    const reserve = reserveOf(this.model.nodes.get(owner ?? '')?.labels, cidr.family);
    for (const ordinal of keptOrdinals(reserve, Number(cidrSize(cidr)))) {
      if (!held.has(ordinal)) held.set(ordinal, { handle: WINDOWS_HANDLE, rests: false });
    }
  }
}

/** Never given ones come first, as the block itself lists them; then those that were given back, in that order. */
function queueOf(
  { first, last }: IpRange,
  held: ReadonlyMap<number, Standing>,
  listed: readonly number[],
  released: readonly bigint[],
): readonly number[] {
  const back = released.map((value) => Number(value - first));
  const isBack = new Set(back);
  const all = Array.from({ length: Number(last - first) + 1 }, (_, ordinal) => ordinal);
  const order = [...new Set([...listed, ...all])].filter((ordinal) => !isBack.has(ordinal));
  return [...order, ...back].filter((ordinal) => !held.has(ordinal));
}

const MEMORY = new WeakMap<NetworkModel, ToldBlocks>();

/** Memoised: a model never changes. */
function toldBlocks(model: NetworkModel): ToldBlocks {
  const known = MEMORY.get(model);
  if (known) return known;
  const told = model.calico.ipam.blocks.length > 0 ? model.calico.ipam.blocks.flatMap(importedBlock) : blocksByUse(model);
  const byOwner = new Map<string, ToldBlock[]>();
  for (const block of told) if (block.owner !== undefined) inMap(byOwner, block.owner, () => []).push(block);
  const blocks = { byCidr: new Map(told.map((block) => [formatCidr(block.cidr), block])), byOwner };
  MEMORY.set(model, blocks);
  return blocks;
}

const HELD = new WeakMap<NetworkModel, readonly IpRange[]>();

/** What the cluster's objects give to somebody, without what Windows hosts keep for themselves: a block with nothing else is empty. Memoised. */
function heldForGood(model: NetworkModel): readonly IpRange[] {
  const known = HELD.get(model);
  if (known) return known;
  const kept = model.calico.ipam.blocks.flatMap(({ claims }) =>
    claims.filter(({ handle }) => isWindowsHandle(handle)).map(({ ip }) => rangeOf(ip)),
  );
  const held = kept.length === 0 ? heldAddresses(model) : subtractRanges(heldAddresses(model), kept);
  HELD.set(model, held);
  return held;
}

function importedBlock(imported: CalicoIPAMBlock): readonly ToldBlock[] {
  const { cidr, affinity } = imported;
  const owner = affinity?.type === 'virtual' ? `virtual:${affinity.name}` : affinity?.name;
  return cidr ? [{ cidr, owner, imported }] : [];
}

/** Where no block was imported, whose they are pods and devices tell. */
function blocksByUse(model: NetworkModel): readonly ToldBlock[] {
  const ranges = model.profile.podCIDRs.map((cidr) => ({ cidr, bits: blockBits(model, cidr) }));
  const owners = finished(ownersByPods(model, ranges));
  return ranges.flatMap(({ cidr, bits }) =>
    [...(owners.get(formatCidr(cidr)) ?? [])].map(([number, owner]): ToldBlock => ({
      cidr: blockNumbered(cidr.family, number, bits),
      owner: owner ?? undefined,
      imported: undefined,
    })),
  );
}

function blockBits(model: NetworkModel, cidr: Cidr): bigint {
  return BigInt(familyBits(cidr.family) - blockSizeOf(model, cidr, declaredPool(model, cidr)));
}

function blockNumbered(family: IpFamily, number: bigint, bits: bigint): Cidr {
  return { family, base: number << bits, prefix: familyBits(family) - Number(bits) };
}
