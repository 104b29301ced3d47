import type { AllocationExplanation } from '../../core/ipam/allocation-decision.js';
import type { AllocationMemory, AllocationPast } from '../../core/ipam/allocation-memory.js';
import type { OwnerObject } from '../../core/ipam/allocation-options.js';
import type { AddressPlane } from '../../core/ipam/address-plane.js';
import type { Allocation, NewAllocation } from '../../core/ipam/allocation.js';
import type { AllocationBook } from '../../core/ipam/allocation-book.js';
import type { Renewal } from '../../core/ipam/renew-address.js';
import type { Problem } from '../../core/kernel/problem.js';
import type { Result } from '../../core/kernel/result.js';
import type { Cidr } from '../../core/net/cidr.js';
import type { Ip } from '../../core/net/ip.js';
import type { LabelSelector } from '../../core/resources/label-selector.js';
import type { Cluster } from '../clusters/cluster.js';
import type { AllocationRecord, AllocationState } from './allocation-record.js';

/** What a writer does with the newest state. */
export interface AllocationChanges {
  /** What the caller has already. */
  readonly known?: readonly Allocation[] | undefined;
  readonly made?: readonly NewAllocation[] | undefined;
  readonly released?: readonly Allocation[] | undefined;
  readonly renewed?: readonly Renewal[] | undefined;
  readonly explanation?: AllocationExplanation | undefined;
}

/** Looks at what is handed out and says what is to change. It must be quick: others wait. */
export type Decide = (book: AllocationBook, memory: AllocationMemory) => Result<AllocationChanges, Problem>;

/** What writers do, in the order in which those of one transaction are served: what is given back is there for all, and whoever takes any address takes none that another names. */
export const WRITE_KINDS = ['givesBack', 'takesNamed', 'takesSomeNamed', 'takesAny'] as const;

/** One of them. */
export type WriteKind = (typeof WRITE_KINDS)[number];

/** One writer. */
export interface AllocationWrite {
  readonly author: string;
  /** `takesAny` when absent. */
  readonly kind?: WriteKind | undefined;
  /** One after the other, each on what those before it left; when one fails, nothing of them happens. */
  readonly decide: readonly Decide[];
  /** How many addresses they change at most; 1 when absent. */
  readonly weight?: number | undefined;
  /** Whether they look at the memory. */
  readonly remembers?: boolean | undefined;
  /** What they decide is told, and does not happen. */
  readonly dryRun?: boolean | undefined;
}

/** What became of one decision; `changed` is false where the caller had everything already. */
export interface AllocationOutcome {
  readonly records: readonly AllocationRecord[];
  readonly changed: boolean;
  readonly explanation: AllocationExplanation | null;
}

/** Which allocations of a cluster; absent members admit all. */
export interface AllocationFilter {
  readonly pool?: string | undefined;
  readonly identifier?: string | undefined;
  readonly ip?: Ip | undefined;
  /** Those in the state after this change; those that live where none is named. */
  readonly at?: { readonly sequence: number; readonly state?: AllocationState | undefined } | undefined;
  /** A part of whom it is for. */
  readonly owner?: string | undefined;
  /** Members of the object that it is for. */
  readonly ownerObject?: Partial<OwnerObject> | undefined;
  readonly labels?: LabelSelector | undefined;
  /** All of it is in this prefix. */
  readonly within?: Cidr | undefined;
  /** All of this prefix is in it. */
  readonly contains?: Cidr | undefined;
  /** It shares addresses with this prefix. */
  readonly overlaps?: Cidr | undefined;
}

/** A part of the history, in the order of the sequence. */
export interface AllocationWindow {
  readonly descending?: boolean | undefined;
  /** The sequence the last part stopped at. */
  readonly after?: number | undefined;
  readonly limit: number;
}

/** A prefix of a plane whose allocations are looked up. */
export interface AllocationsIn {
  readonly plane: AddressPlane;
  readonly cidr: Cidr;
  /** Those above this address only. */
  readonly after?: Ip | undefined;
}

/** Where allocations are kept: for each cluster an append-only history, each change with a sequence and a time. */
export abstract class AllocationStore {
  /** How often the database knew of an owner that the book did not, so that the book was read anew. */
  abstract readonly corrections: number;
  /** What is handed out now, or was after a change. The newest book is shared and moves on: it is to be read at once, before anything is waited for. */
  abstract book(cluster: Cluster, sequence?: number): Promise<AllocationBook>;
  /** The same with what strategies remember. Of now, both are shared and move on together: they are to be read at once. */
  abstract past(cluster: Cluster, sequence?: number): Promise<AllocationPast>;
  /** Of the newest change at or before a time; 0 before the first. */
  abstract sequenceAt(cluster: Cluster, time: Date): Promise<number>;
  /**
   * Lets the writer see what is handed out, and writes what it decides; from the look to the commit nobody else writes to the cluster. One outcome for each decision. Fails with
   * the problem of a decision, and with `unknown-cluster`.
   */
  abstract write(cluster: Cluster, write: AllocationWrite): Promise<Result<readonly AllocationOutcome[], Problem>>;
  /** For each of many prefixes what lives of it after a change, by address, `limit` of each at most: what lies in it, and what was handed out around it. */
  abstract inPrefixes(
    cluster: Cluster,
    sequence: number,
    asked: readonly AllocationsIn[],
    limit: number,
  ): Promise<readonly (readonly AllocationRecord[])[]>;
  abstract records(cluster: Cluster, filter: AllocationFilter, window: AllocationWindow): Promise<readonly AllocationRecord[]>;
}
