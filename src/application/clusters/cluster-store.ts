import type { Problem } from '../../core/kernel/problem.js';
import type { Result } from '../../core/kernel/result.js';
import type { Cluster, ClusterChange, NewCluster } from './cluster.js';

/** Where clusters are kept. */
export abstract class ClusterStore {
  /** Fails with `cluster-exists`. */
  abstract create(cluster: NewCluster): Promise<Result<Cluster, Problem>>;
  /** By name; undefined when there is none. Served from memory while the database's notifications are heard. */
  abstract find(name: string): Promise<Cluster | undefined>;
  /** All of them, by name. */
  abstract list(): Promise<readonly Cluster[]>;
  abstract change(name: string, change: ClusterChange): Promise<Cluster | undefined>;
  /** Removes the cluster with its whole history; false when there is none. */
  abstract delete(name: string): Promise<boolean>;
}
