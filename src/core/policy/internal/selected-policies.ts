import type { CiliumPolicy } from '../../resources/cilium-policy.js';
import type { ClusterPolicy, PolicyTier } from '../../resources/cluster-policy.js';
import { selectsIdentity } from './acting-cilium-policy.js';
import { selectsSubject } from './acting-cluster-policy.js';
import type { CiliumReferences } from './cilium-references.js';
import type { SubjectEndpoint } from './layer.js';

const NO_CLUSTER_POLICIES: readonly ClusterPolicy[] = [];
const NO_CILIUM: readonly CiliumPolicy[] = [];

/** Of the policies of the cluster those of a tier that select the endpoint. */
export function ofTier(all: readonly ClusterPolicy[], tier: PolicyTier, subject: SubjectEndpoint): readonly ClusterPolicy[] {
  if (subject.kind !== 'pod' || all.length === 0) return NO_CLUSTER_POLICIES;
  return all.filter((policy) => policy.tier === tier && selectsSubject(policy, subject));
}

/** The policies of Cilium that select the endpoint; none where Cilium does not enforce policies. */
export function ofCilium(cilium: CiliumReferences | undefined, subject: SubjectEndpoint): readonly CiliumPolicy[] {
  if (!cilium) return NO_CILIUM;
  const all = cilium.policiesFor(subject.kind === 'pod' ? subject.namespace : undefined);
  return all.filter((policy) => selectsIdentity(cilium, policy, subject));
}
