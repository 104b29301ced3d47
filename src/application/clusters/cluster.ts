import type { JsonObject } from '../../core/kernel/json.js';

/** A modelled cluster as it is stored. */
export interface Cluster {
  readonly id: string;
  /** The slug people and paths use. */
  readonly name: string;
  readonly displayName: string;
  /** What somebody set by hand of the network profile; the rest is detected. */
  readonly profile: JsonObject;
  /** Counts changes of name and profile: part of the key of every compiled model, and what `If-Match` of such a change names. */
  readonly profileVersion: number;
  /** Number of the newest revision; 0 before the first write. */
  readonly latestRevision: number;
  readonly createdAt: Date;
}

/** What a new cluster is made of. */
export interface NewCluster {
  readonly name: string;
  readonly displayName: string;
  readonly profile: JsonObject;
}

/** What may change of a cluster; absent members stay as they are. */
export interface ClusterChange {
  readonly displayName?: string | undefined;
  readonly profile?: JsonObject | undefined;
}
