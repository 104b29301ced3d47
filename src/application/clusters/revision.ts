import type { ObjectIdentity } from './stored-object.js';

/** How a revision came about. */
export type WriteMode = 'snapshot' | 'upsert' | 'delete' | 'restore';

/** What a write changed, in objects. */
export interface RevisionStatistics {
  readonly objects: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
}

/** The numbered, immutable result of one write to one cluster. */
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
  readonly createdAt: Date;
  readonly statistics: RevisionStatistics;
  readonly tags: readonly string[];
}

/** What a write says about itself. */
export interface RevisionNote {
  readonly author: string;
  readonly message: string;
  readonly source: string | undefined;
  /** The writer expects this to be the newest revision; another one refuses the write. */
  readonly ifMatch: number | undefined;
  /** The import report, kept with the revision. */
  readonly report: unknown;
}

/** One object that two revisions do not agree on. A body is JSON text; null where the object does not exist. */
export interface ObjectChange {
  readonly identity: ObjectIdentity;
  readonly change: 'added' | 'changed' | 'removed';
  readonly before: string | null;
  readonly after: string | null;
}
