import type { ClusterPolicy } from '../../resources/cluster-policy.js';
import { selectorMatches } from '../../resources/label-selector.js';
import { KubernetesRule } from './kubernetes-rule.js';
import { oncePerPolicy } from './once-per-policy.js';
import type { AnyPolicy } from './layer.js';
import type { PodEndpoint } from './policy-endpoint.js';

/** A policy of the cluster in one direction: its rules act as they are written, and selecting a pod isolates nothing. */
export const actingClusterPolicy = oncePerPolicy((settings, policy: ClusterPolicy, direction) => ({
  policy,
  pointer: '/spec/subject',
  place: policy.priority === undefined ? policy.tier : `${policy.tier} ${policy.priority}`,
  isolates: false,
  rules: policy[direction].map((rule) => {
    const { name, action, written, failsClosed } = rule;
    return new KubernetesRule(settings, rule, { policy, name, action, written, unordered: false, unreadable: failsClosed, namespace: '' });
  }),
}));

/** Whether the policy's subject names the pod. Nodes, and pods that count as theirs, are never a subject. */
export function selectsSubject({ subject }: Pick<ClusterPolicy, 'subject'>, pod: Pick<PodEndpoint, 'labels' | 'namespaceLabels'>): boolean {
  if (!subject || !selectorMatches(subject.namespaceSelector, pod.namespaceLabels)) return false;
  return subject.podSelector === undefined || selectorMatches(subject.podSelector, pod.labels);
}

/** Whether the policy is one of the group `policy.networking.k8s.io`. */
export function isClusterPolicy(policy: AnyPolicy): policy is ClusterPolicy {
  return policy.kind === 'AdminNetworkPolicy' || policy.kind === 'BaselineAdminNetworkPolicy' || policy.kind === 'ClusterNetworkPolicy';
}
