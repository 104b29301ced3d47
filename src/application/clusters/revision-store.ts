import type { Problem } from '../../core/kernel/problem.js';
import type { Result } from '../../core/kernel/result.js';
import type { Cluster } from './cluster.js';
import type { ObjectChange, Revision, RevisionNote, WriteMode } from './revision.js';
import type { ObjectFilter, ObjectIdentity, ObjectPosition, StoredObject } from './stored-object.js';

/** What a write comes to: the revision, and for deletions the named objects that were not there. */
export interface Written {
  readonly revision: Revision;
  readonly notFound: readonly ObjectIdentity[];
}

/**
 * One write in the making. Staged objects are seen by nobody and hold no lock: a slow upload stops no other writer. Of an object staged twice the last
 * counts. Exactly one of `commit` and `abort` ends the write.
 */
export abstract class RevisionWriter {
  abstract stage(objects: readonly StoredObject[]): Promise<void>;
  /** Makes the staged objects the next revision, all or nothing. Fails with `precondition-failed` or `unknown-cluster`. */
  abstract commit(mode: Exclude<WriteMode, 'restore'>, note: RevisionNote): Promise<Result<Written, Problem>>;
  abstract abort(): Promise<void>;
}

/** Where the history of every cluster is kept. */
export abstract class RevisionStore {
  abstract begin(cluster: Cluster): Promise<RevisionWriter>;
  /** Makes the content of an old revision the content of a new one. */
  abstract restore(cluster: Cluster, revision: number, note: RevisionNote): Promise<Result<Written, Problem>>;

  /** All objects at a revision in batches, in stable order (group, kind, namespace, name). */
  abstract objectsAt(cluster: Cluster, revision: number, filter?: ObjectFilter): AsyncIterable<readonly StoredObject[]>;
  /** One page of objects after a position. */
  abstract page(
    cluster: Cluster,
    revision: number,
    filter: ObjectFilter,
    limit: number,
    after?: ObjectPosition,
  ): Promise<readonly StoredObject[]>;
  /** How many bytes the objects at a revision have: what compiling them will roughly cost. */
  abstract bytesAt(cluster: Cluster, revision: number): Promise<number>;
  /** What differs between two revisions, at the cost of what changed. */
  abstract changesBetween(cluster: Cluster, from: number, to: number): Promise<readonly ObjectChange[]>;
  /** Every version of one object, oldest first: the revisions it was valid in (`to` null: still is) and its body. */
  abstract history(
    cluster: Cluster,
    identity: ObjectIdentity,
  ): Promise<readonly { readonly from: number; readonly to: number | null; readonly body: string }[]>;

  abstract revision(cluster: Cluster, number: number): Promise<Revision | undefined>;
  /** The import report of a revision; undefined when there is no such revision, null when it has none. */
  abstract report(cluster: Cluster, number: number): Promise<unknown>;
  /** Newest first, numbers below `before`. */
  abstract revisions(cluster: Cluster, limit: number, before?: number): Promise<readonly Revision[]>;
  /** The newest revision made at or before the time. */
  abstract revisionAt(cluster: Cluster, time: Date): Promise<number | undefined>;

  abstract tags(cluster: Cluster): Promise<readonly { readonly name: string; readonly revision: number }[]>;
  /** Sets or moves a tag; false when there is no such revision. */
  abstract setTag(cluster: Cluster, name: string, revision: number): Promise<boolean>;
  abstract deleteTag(cluster: Cluster, name: string): Promise<boolean>;

  /** Hears of every new revision, made by any replica. Returns how to stop listening. */
  abstract onRevision(listener: (cluster: string, revision: number) => void): () => void;
}
