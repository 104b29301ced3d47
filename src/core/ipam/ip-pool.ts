import type { ObjectRef } from '../kernel/object-ref.js';
import type { Provenance } from '../kernel/provenance.js';
import type { Cidr } from '../net/cidr.js';
import type { IpFamily } from '../net/ip.js';
import type { IpRange } from '../net/ip-set.js';
import type { AddressPlane } from './address-plane.js';
import type { AllocationStrategy } from './allocation-strategy.js';
import type { Bands } from './bands.js';
import type { UsableRule } from './usable-addresses.js';

/** A part of a pool that belongs to one node. */
export interface PoolBlock {
  readonly cidr: Cidr;
  /** Null: a block of Calico that is nobody's, or a virtual host's. */
  readonly node: string | null;
  readonly usable: readonly IpRange[];
  readonly provenance: Provenance;
}

/** How a pool is cut for nodes: into children of equal length. */
export interface BlockLayout {
  readonly prefix: number;
  readonly total: bigint;
  readonly blocks: readonly PoolBlock[];
}

/** A set of addresses that owners get their addresses from: as a cluster's objects and profile tell of them. */
export interface IpPool {
  /** What people and paths call it. */
  readonly name: string;
  readonly plane: AddressPlane;
  readonly family: IpFamily;
  /** As declared: prefixes, and `first-last` ranges. */
  readonly declared: readonly string[];
  /** Every address between the declared ends, the unusable ones too. */
  readonly span: readonly IpRange[];
  readonly usable: readonly IpRange[];
  /** What automatic allocation leaves alone; an address that is asked for by name may lie in it. */
  readonly reserved: readonly IpRange[];
  /** Null: only the addresses that are listed belong to it, and nobody knows where they come from. */
  readonly usableRule: UsableRule | null;
  /** Null: nothing is handed out of it. */
  readonly strategy: AllocationStrategy | null;
  readonly bands: Bands<bigint> | null;
  readonly layout: BlockLayout | null;
  readonly provenance: Provenance;
  /** Why there is such a pool, in one sentence, and the object that says so. */
  readonly why: string;
  readonly source: ObjectRef | null;
  readonly pointer: string | null;
}
