import type { NetworkModel } from '../../../model/network-model.js';
import { type Cidr, cidrOf, formatCidr } from '../../../net/cidr.js';
import { familyBits, type IpFamily } from '../../../net/ip.js';
import { type IpRange, rangeOfCidr } from '../../../net/ip-set.js';
import { finished } from '../../../kernel/steps.js';
import { inMap } from '../../../kernel/in-map.js';
import type { CalicoIPAMBlock } from '../../../resources/calico-ipam.js';
import type { AllocationBook } from '../../allocation-book.js';
import type { AllocationMemory } from '../../allocation-memory.js';
import type { CalicoPool } from '../../calico-pool-choice.js';
import { clipRanges, firstClipped } from '../../clip-ranges.js';
import { heldAddresses } from '../../held-addresses.js';
import { declaredPool } from '../declared-pool.js';
import { blockSizeOf } from '../node-rooms.js';
import { ownersByPods } from '../owners-by-pods.js';
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

  constructor(
    private readonly model: NetworkModel,
    private readonly book: AllocationBook,
    private readonly memory: AllocationMemory,
    private readonly pools: readonly CalicoPool[],
  ) {
    this.told = toldBlocks(model);
  }

  at(cidr: Cidr): StandingBlock | undefined {
    const told = this.told.byCidr.get(formatCidr(cidr));
    const owner = this.ownerOf(cidr, told);
    if (!told && owner === undefined && !this.isTouched(cidr)) return undefined;
    return { cidr, owner, make: () => this.make(cidr, told?.imported) };
  }

  of(owner: string): readonly StandingBlock[] {
    const told = (this.told.byOwner.get(owner) ?? []).map(({ cidr }) => cidr);
    return this.standing([...told, ...this.book.parts.of(owner), ...this.memory.parts.of(owner)]).filter((block) => block.owner === owner);
  }

  all(): readonly StandingBlock[] {
    const told = [...this.told.byCidr.values()].map(({ cidr }) => cidr);
    return this.standing([...told, ...this.book.parts.all(), ...this.memory.parts.all(), ...this.touched()]);
  }

  private standing(cidrs: readonly Cidr[]): readonly StandingBlock[] {
    const distinct = new Map(cidrs.map((cidr) => [formatCidr(cidr), cidr]));
    return [...distinct.values()].flatMap((cidr) => this.at(cidr) ?? []);
  }

  /** A block in which the cluster's objects give addresses is whose they say; an empty one may have changed hands since. */
  private ownerOf(cidr: Cidr, told: ToldBlock | undefined): string | undefined {
    const isUsed = told?.owner !== undefined && this.heldIn(cidr);
    return isUsed ? told.owner : (this.book.parts.ownerOf(cidr) ?? this.keeperOf(cidr) ?? told?.owner);
  }

  /** An empty block is its node's until the node is gone (kube-controllers `pkg/controllers/node/ipam.go`, `cleanupNode`). */
  private keeperOf(cidr: Cidr): string | undefined {
    const keeper = this.memory.parts.ownerOf(cidr);
    return keeper !== undefined && this.model.nodes.has(keeper) ? keeper : undefined;
  }

  private heldIn(cidr: Cidr): boolean {
    return firstClipped(heldAddresses(this.model), rangeOfCidr(cidr)) !== undefined;
  }

  private isTouched(cidr: Cidr): boolean {
    return this.heldIn(cidr) || this.book.takenOf('pod', cidr.family).firstIn(rangeOfCidr(cidr)) !== undefined;
  }

  /** Blocks of the pools of which something is somebody's; a prefix that was handed out as a whole leaves blocks that give nothing, and is passed over where it is wide. */
  private *touched(): Generator<Cidr> {
    for (const { cidr, blockSize } of this.pools) {
      const { family } = cidr;
      const span = rangeOfCidr(cidr);
      const marked = [...this.book.takenOf('pod', family).addresses.ranges(span.first, span.last)];
      const ranges = [...clipRanges(heldAddresses(this.model), span), ...marked.map(([first, last]): IpRange => ({ family, first, last }))];
      for (const range of ranges) yield* blocksIn(range, blockSize);
    }
  }

  private make(cidr: Cidr, imported: CalicoIPAMBlock | undefined): CalicoBlock {
    const { family, base } = cidr;
    const range = rangeOfCidr(cidr);
    const held = new Map<number, Standing>();
    for (const taken of [...clipRanges(heldAddresses(this.model), range), ...this.book.takenOf('pod', family).within(range)]) {
      for (let value = taken.first; value <= taken.last; value++) {
        held.set(Number(value - base), { handle: undefined, rests: this.book.restOf('pod', { family, value }) !== undefined });
      }
    }
    for (const { ordinal, handle, resting } of imported?.claims ?? []) held.set(ordinal, { handle: handle ?? undefined, rests: resting });
    const released = this.memory.released('pod', family).within(range.first, range.last);
    return CalicoBlock.standing(cidr, held, queueOf(range, held, imported?.queue ?? [], released));
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

function* blocksIn({ family, first, last }: IpRange, blockSize: number): Generator<Cidr> {
  const size = 1n << BigInt(familyBits(family) - blockSize);
  for (let at = first - (first % size); at <= last; at += size) yield cidrOf({ family, value: at }, blockSize);
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
