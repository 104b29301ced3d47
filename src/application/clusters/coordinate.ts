import type { Cluster } from './cluster.js';

/** A cluster at one of its revisions. */
export interface Coordinate {
  readonly cluster: Cluster;
  readonly revision: number;
  /** Where a time was asked for: what is kept besides the revisions is read as of it, too. */
  readonly time?: Date | undefined;
}

/** How a request names a revision; at most one of the two, and none means the newest. */
export interface CoordinateText {
  /** A number, `latest`, `previous` or a tag. */
  readonly revision?: string | undefined;
  /** RFC 3339. */
  readonly at?: string | undefined;
}
