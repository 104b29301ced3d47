import { childAt, childCount } from '../../../net/child-cidrs.js';
import { type Cidr, cidrCovers, formatCidr } from '../../../net/cidr.js';
import { familyBits } from '../../../net/ip.js';
import type { CalicoPool } from '../../calico-pool-choice.js';
import { byAddress, type CalicoBlocks, type ClaimedBlock } from './calico-blocks.js';
import type { Refusal } from './calico-request.js';

/** Which hosts have which blocks: how they claim them by prefix, and give them up (projectcalico/calico `libcalico-go/lib/ipam/ipam.go`, ClaimAffinity, ReleaseAffinity, ReleaseHostAffinities). */
export class BlockAffinities {
  constructor(private readonly ipam: { readonly pools: readonly CalicoPool[]; readonly blocks: CalicoBlocks; readonly now: number }) {}

  /** How many blocks a claim of the prefix would make, and the addresses that they queue, sixty-four for one. */
  claimCost(cidr: Cidr): number {
    const pool = this.poolAround(cidr);
    if (!pool || cidr.prefix > pool.blockSize) return 1;
    const addresses = 2 ** (familyBits(cidr.family) - pool.blockSize);
    return Number(childCount(cidr, pool.blockSize)) * Math.max(1, addresses / 64);
  }

  /** Claims every block of a prefix for a node; those that another has fail. */
  claim(cidr: Cidr, node: string): { readonly claimed: number; readonly failed: number } | Refusal {
    const pool = this.poolOfBlocks(cidr);
    if ('code' in pool) return pool;
    let claimed = 0;
    const count = childCount(cidr, pool.blockSize);
    for (let index = 0n; index < count; index++) {
      const child = childAt(cidr, pool.blockSize, index);
      if (child && (this.ipam.blocks.at(child) ?? this.ipam.blocks.claim(child, node, this.ipam.now)).owner === node) claimed++;
    }
    return { claimed, failed: Number(count) - claimed };
  }

  /** Gives up the node's blocks of a prefix, the lowest first, until one that must be empty is not; others' stay as they are. A block that is named itself needs no pool (`ReleaseBlockAffinity`). */
  release(cidr: Cidr, node: string, mustBeEmpty: boolean): Refusal | undefined {
    const named = this.ipam.blocks.at(cidr);
    if (named) return named.owner === node ? this.giveUp(named, mustBeEmpty) : undefined;
    const pool = this.poolOfBlocks(cidr);
    if ('code' in pool) return pool;
    const own = this.ipam.blocks.affineTo(node, cidr.family).filter((claimed) => cidrCovers(cidr, claimed.cidr));
    for (const claimed of [...own].sort(byAddress)) {
      const refusal = this.giveUp(claimed, mustBeEmpty);
      if (refusal) return refusal;
    }
    return undefined;
  }

  /** Gives up every block of a node; those that must be empty and are not stay. */
  releaseAll(node: string, mustBeEmpty: boolean): Refusal | undefined {
    const outcomes = this.ipam.blocks.affineTo(node).map((claimed) => this.giveUp(claimed, mustBeEmpty));
    return outcomes.find((outcome) => outcome !== undefined);
  }

  private giveUp(claimed: ClaimedBlock, mustBeEmpty: boolean): Refusal | undefined {
    if (mustBeEmpty && !claimed.block.isEmpty()) {
      return { code: 'BLOCK_NOT_EMPTY', message: `block '${formatCidr(claimed.cidr)}' is not empty` };
    }
    this.ipam.blocks.disown(claimed);
    return undefined;
  }

  /** The pool that has all of a prefix. */
  poolAround(cidr: Cidr): CalicoPool | undefined {
    return this.ipam.pools.find((one) => one.enabled && cidrCovers(one.cidr, cidr));
  }

  /** The pool of which a prefix has whole blocks. */
  private poolOfBlocks(cidr: Cidr): CalicoPool | Refusal {
    const pool = this.poolAround(cidr);
    if (!pool) return { code: 'NOT_IN_RANGE', message: `The requested CIDR (${formatCidr(cidr)}) is not within any configured pools.` };
    if (cidr.prefix <= pool.blockSize) return pool;
    return { code: 'TOO_SMALL', message: `The requested CIDR (${formatCidr(cidr)}) is smaller than the minimum.` };
  }
}
