import type { FleetGrant, FleetPlane, FleetRange } from '../../core/ipam/fleet-space.js';
import type { Problem } from '../../core/kernel/problem.js';
import type { Result } from '../../core/kernel/result.js';
import type { Cidr } from '../../core/net/cidr.js';

/** An address space above clusters. */
export interface FleetSpace {
  readonly name: string;
  readonly description: string | null;
  readonly prefixes: readonly Cidr[];
  readonly createdAt: Date;
  readonly createdBy: string;
}

/** A range that a cluster has of a space, and since when. */
export interface FleetRangeRecord extends FleetRange {
  readonly space: string;
  readonly takenAt: Date;
  readonly takenBy: string;
}

/** A space and what clusters have of it, by prefix. */
export interface FleetSpaceContent {
  readonly space: FleetSpace;
  readonly ranges: readonly FleetRangeRecord[];
}

/** What became of a request: everything the cluster asked for, and whether any of it is new. */
export interface FleetTaken {
  readonly ranges: readonly FleetRangeRecord[];
  readonly changed: boolean;
}

/** Where spaces are kept. That ranges of a space meet no other is held by the database. */
export abstract class FleetSpaceStore {
  /** Fails with `space-exists`. */
  abstract create(space: Omit<FleetSpace, 'createdAt'>): Promise<Result<FleetSpace, Problem>>;
  /** By name. */
  abstract list(): Promise<readonly FleetSpaceContent[]>;
  abstract find(name: string): Promise<FleetSpaceContent | undefined>;
  /** Fails with `unknown-space`, and with `space-in-use` while a cluster has a range of it. */
  abstract delete(name: string): Promise<Result<void, Problem>>;
  /**
   * Lets `decide` see what is taken, and writes what it gives; from the look to the commit nobody else writes to the space. Fails with the problem of `decide`, and with
   * `unknown-space`.
   */
  abstract take(
    name: string,
    author: string,
    decide: (content: FleetSpaceContent) => Result<FleetGrant, Problem>,
  ): Promise<Result<FleetTaken, Problem>>;
  /** Takes back what a cluster has, of one plane or of all; none where it has none. Fails with `unknown-space`. */
  abstract release(
    name: string,
    cluster: string,
    plane: FleetPlane | undefined,
    author: string,
  ): Promise<Result<readonly FleetRangeRecord[], Problem>>;
}
