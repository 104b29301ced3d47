import type { Problem } from '../../core/kernel/problem.js';
import type { Result } from '../../core/kernel/result.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import type { ChangedModel, ObjectChanges } from '../what-if/object-changes.js';
import type { Cluster } from './cluster.js';

/** Where the compiled model of a revision comes from. */
export abstract class ModelSource {
  /** The model of the objects at the revision under the cluster's profile as it is now. */
  abstract modelAt(cluster: Cluster, revision: number): Promise<NetworkModel>;

  /** The model of the revision as it would be with some objects applied and others gone. Fails with `unknown-object` where one to be gone is not there. */
  abstract changedAt(cluster: Cluster, revision: number, changes: ObjectChanges): Promise<Result<ChangedModel, Problem>>;
}
