import type { ObjectIdentity } from './stored-object.js';

/** How a revision came about. */
export type WriteMode = 'snapshot' | 'upsert' | 'delete' | 'restore';

/** How many objects of one kind a revision holds. */
export interface KindCount {
  readonly group: string;
  readonly kind: string;
  readonly objects: number;
}

/** What a write changed, in objects: `objects` = `added` + `changed` + `unchanged`, and the parent's are `changed` + `unchanged` + `removed`. */
export interface RevisionStatistics {
  readonly objects: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
  /** By kind, then group. */
  readonly kinds: readonly KindCount[];
}

/** The numbered, immutable result of one write to one cluster. A write that changes nothing makes one too: it carries the report. */
export interface Revision {
  readonly cluster: string;
  readonly number: number;
  /** The revision it was made from; null for the first. */
  readonly parent: number | null;
  readonly author: string;
  readonly message: string;
  /** Whose part was written; null for the whole cluster. */
  readonly source: string | null;
  readonly mode: WriteMode;
  /** Whole milliseconds, so that it can be given back as a coordinate in time. */
  readonly createdAt: Date;
  readonly statistics: RevisionStatistics;
  /** In alphabetical order. */
  readonly tags: readonly string[];
}

/** What a write says about itself. */
export interface RevisionNote {
  readonly author: string;
  readonly message: string;
  readonly source: string | undefined;
  /** The writer expects one of these to be the newest revision; another one refuses the write. Undefined: any. */
  readonly ifMatch: readonly number[] | undefined;
  /** The import report, kept with the revision. JSON. */
  readonly report: unknown;
}

/** One object that two revisions do not agree on. A body is JSON text; null where the object does not exist. */
export interface ObjectChange {
  readonly identity: ObjectIdentity;
  readonly change: 'added' | 'changed' | 'removed';
  readonly before: string | null;
  readonly after: string | null;
}
