import type { Cluster } from '../../application/clusters/cluster.js';
import type { ClusterAt } from '../graphql/answer-field.js';

/** A cluster at its newest revision. */
export function clusterAtNewest(cluster: Cluster): ClusterAt {
  return { cluster, revision: cluster.latestRevision };
}
