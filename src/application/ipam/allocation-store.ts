import type { AllocationDecision } from '../../core/ipam/allocate-address.js';
import type { Allocation } from '../../core/ipam/allocation.js';
import type { AllocationBook } from '../../core/ipam/allocation-book.js';
import type { Problem } from '../../core/kernel/problem.js';
import type { Result } from '../../core/kernel/result.js';
import type { Ip } from '../../core/net/ip.js';
import type { Cluster } from '../clusters/cluster.js';
import type { AllocationRecord } from './allocation-record.js';

/** What a writer does with the newest state. */
export type AllocationChange = AllocationDecision | { readonly type: 'release'; readonly allocation: Allocation };

/** What became of it; `changed` is false where the caller had it already. */
export interface AllocationOutcome {
  readonly record: AllocationRecord;
  readonly changed: boolean;
}

/** Which allocations of a cluster; absent members admit all. */
export interface AllocationFilter {
  readonly pool?: string | undefined;
  readonly identifier?: string | undefined;
  readonly ip?: Ip | undefined;
  /** Those that lived after this change. */
  readonly liveAt?: number | undefined;
}

/** A part of the history, in the order of the sequence. */
export interface AllocationWindow {
  readonly descending?: boolean | undefined;
  /** The sequence the last part stopped at. */
  readonly after?: number | undefined;
  readonly limit: number;
}

/** Where allocations are kept: for each cluster an append-only history, each change with a sequence and a time. */
export abstract class AllocationStore {
  /** What is handed out now, or was after a change. The newest book is shared and moves on: it is to be read at once, before anything is waited for. */
  abstract book(cluster: Cluster, sequence?: number): Promise<AllocationBook>;
  /** Of the newest change at or before a time; 0 before the first. */
  abstract sequenceAt(cluster: Cluster, time: Date): Promise<number>;
  /**
   * Lets `decide` see what is handed out, and writes what it decides; from the look to the commit nobody else writes to the cluster. `decide` must be quick: others wait. Fails
   * with the problem of `decide`, and with `unknown-cluster`.
   */
  abstract write(
    cluster: Cluster,
    author: string,
    decide: (book: AllocationBook) => Result<AllocationChange, Problem>,
  ): Promise<Result<AllocationOutcome, Problem>>;
  abstract records(cluster: Cluster, filter: AllocationFilter, window: AllocationWindow): Promise<readonly AllocationRecord[]>;
}
