import type { NetworkModel } from '../../core/model/network-model.js';
import type { Cluster } from './cluster.js';

/** Where the compiled model of a revision comes from. */
export abstract class ModelSource {
  /** The model of the objects at the revision under the cluster's profile as it is now. */
  abstract modelAt(cluster: Cluster, revision: number): Promise<NetworkModel>;
}
