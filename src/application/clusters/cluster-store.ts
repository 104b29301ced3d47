import type { Problem } from '../../core/kernel/problem.js';
import type { Result } from '../../core/kernel/result.js';
import type { Cluster, ClusterChange, NewCluster } from './cluster.js';

/** Where clusters are kept. */
export abstract class ClusterStore {
  /** Fails with `cluster-exists`. */
  abstract create(cluster: NewCluster): Promise<Result<Cluster, Problem>>;
  /**
   * By name; undefined when there is none. Its `latestRevision` is never older than what this process wrote; it is served from memory as long as the database's
   * notifications are heard.
   */
  abstract find(name: string): Promise<Cluster | undefined>;
  /** All of them, by name. */
  abstract list(): Promise<readonly Cluster[]>;
  /** Fails with `unknown-cluster`, and with `precondition-failed` when `ifMatch` is not the profile version. */
  abstract change(name: string, change: ClusterChange, ifMatch?: number): Promise<Result<Cluster, Problem>>;
  /** Removes the cluster with its whole history; false when there is none. */
  abstract delete(name: string): Promise<boolean>;
}
