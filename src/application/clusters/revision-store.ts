import type { Problem } from '../../core/kernel/problem.js';
import type { Result } from '../../core/kernel/result.js';
import type { Cluster } from './cluster.js';
import type { ObjectChange, Revision, RevisionNote, WriteMode } from './revision.js';
import type { NewObject, ObjectFilter, ObjectIdentity, ObjectWindow, StoredObject } from './stored-object.js';

/** What a write comes to: the revision, and for deletions the named objects that were not there. */
export interface Written {
  readonly revision: Revision;
  readonly notFound: readonly ObjectIdentity[];
}

/**
 * One write in the making. Staged objects are seen by nobody and hold no lock: a slow upload stops no other writer. Of an object staged twice the last
 * counts. Exactly one of `commit` and `abort` ends the write; `abort` after an end does nothing.
 */
export abstract class RevisionWriter {
  abstract stage(objects: readonly NewObject[]): Promise<void>;
  /**
   * Makes the staged objects the next revision, all or nothing. With a source, a snapshot replaces and a removal removes that source's objects only, and
   * what is written becomes that source's; without one, objects keep the source they have. Fails with `precondition-failed` or `unknown-cluster`.
   */
  abstract commit(mode: Exclude<WriteMode, 'restore'>, note: RevisionNote): Promise<Result<Written, Problem>>;
  abstract abort(): Promise<void>;
}

/** A version of one object: the revisions it was valid in (`to`: the first it was not; null: it still is) and its body. */
export interface ObjectVersion {
  readonly from: number;
  readonly to: number | null;
  readonly body: string;
}

/** Where the history of every cluster is kept. */
export abstract class RevisionStore {
  abstract begin(cluster: Cluster): Promise<RevisionWriter>;
  /** Makes the content of an old revision the content of a new one. Fails with `unknown-revision`, `precondition-failed`, `unknown-cluster`. */
  abstract restore(cluster: Cluster, revision: number, note: RevisionNote): Promise<Result<Revision, Problem>>;

  /** The objects at a revision, in batches and in order. */
  abstract objectsAt(
    cluster: Cluster,
    revision: number,
    filter?: ObjectFilter,
    window?: ObjectWindow,
  ): AsyncIterable<readonly StoredObject[]>;
  /** What differs between two revisions, in order of kind, at the cost of what changed. */
  abstract changesBetween(
    cluster: Cluster,
    from: number,
    to: number,
    filter?: ObjectFilter,
    window?: Pick<ObjectWindow, 'after' | 'limit'>,
  ): AsyncIterable<readonly ObjectChange[]>;
  /** Every version of one object, oldest first. */
  abstract history(cluster: Cluster, identity: ObjectIdentity): Promise<readonly ObjectVersion[]>;

  abstract revision(cluster: Cluster, number: number): Promise<Revision | undefined>;
  /** The import report of a revision; undefined when there is no such revision, null when it has none. */
  abstract report(cluster: Cluster, number: number): Promise<unknown>;
  /** Newest first, numbers below `before`. */
  abstract revisions(cluster: Cluster, limit: number, before?: number): Promise<readonly Revision[]>;
  /** The newest revision made at or before the time. */
  abstract revisionAt(cluster: Cluster, time: Date): Promise<number | undefined>;

  /** In alphabetical order. */
  abstract tags(cluster: Cluster): Promise<readonly Tag[]>;
  /** Those of many clusters at once, in the order of the clusters. */
  abstract tagsOf(clusters: readonly Cluster[]): Promise<readonly (readonly Tag[])[]>;
  abstract tag(cluster: Cluster, name: string): Promise<Tag | undefined>;
  /** Sets or moves a tag; false when there is no such revision. */
  abstract setTag(cluster: Cluster, tag: Tag): Promise<boolean>;
  abstract deleteTag(cluster: Cluster, name: string): Promise<boolean>;

  /** Hears of every new revision, made by any replica. Returns how to stop listening. */
  abstract onRevision(listener: (cluster: string, revision: number) => void): () => void;
}

/** A name for a revision. */
export interface Tag {
  readonly name: string;
  readonly revision: number;
}
