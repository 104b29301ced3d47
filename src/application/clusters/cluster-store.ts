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
  /** Makes the change that is decided of what is there, which nobody else changes meanwhile. Fails with `unknown-cluster`, and with the problem of `decide`. */
  abstract change(name: string, decide: (current: Cluster) => Result<ClusterChange, Problem>): Promise<Result<Cluster, Problem>>;
  /** Removes the cluster with its whole history; false when there is none. Fails with what `objection` has against it. */
  abstract delete(name: string, objection?: (current: Cluster) => Problem | undefined): Promise<Result<boolean, Problem>>;
}
