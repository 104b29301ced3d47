import type { IpRange } from '../net/ip-set.js';
import type { AllocationBook } from './allocation-book.js';
import type { AllocationMemory } from './allocation-memory.js';
import type { IpPool } from './ip-pool.js';
import type { IpamReason } from './ipam-reasons.js';
import type { NodeGrant } from './node-grant.js';

/** Why a pool does not serve a pod. */
export interface PodRefusal {
  readonly reason: IpamReason;
  readonly message: string;
}

/** Addresses of a pool among which a pod gets its own. */
export interface PoolPart {
  readonly ranges: readonly IpRange[];
  /** `of 10.244.1.0/24, which node a has`; empty: of the whole pool. Of a named address who names it. */
  readonly what: string;
  /** The pod names the one address: it gets no other, and this one though it is reserved, or its own already. */
  readonly isNamed: boolean;
}

/** Whose pools a pod gets its address of, and where in them. */
export interface PodPools {
  /** Why a pool does not serve it; undefined: it may. */
  why(pool: IpPool): PodRefusal | undefined;
  /** The place in which a pool is tried, lower first. */
  rank(pool: IpPool): number;
  /** Where in a pool its address is looked for, the first choice first. */
  parts(pool: IpPool): readonly PoolPart[];
  /** Parts of a pool of which the first that has something free serves, whichever has the lowest address; undefined or absent: the strategy of the pool tells. */
  turns?(pool: IpPool): readonly (readonly IpRange[])[] | undefined;
  /** What the plugin itself gives of a pool that serves, where it gives by more than the place and the order; undefined or absent: it does not. */
  grant?(pool: IpPool, book: AllocationBook, memory: AllocationMemory, count: number): NodeGrant | undefined;
}
