import { selectorMatches } from '../../resources/label-selector.js';
import type { NetworkPolicy } from '../../resources/network-policy.js';
import { KubernetesRule } from './kubernetes-rule.js';
import { oncePerPolicy } from './once-per-policy.js';
import type { PodEndpoint } from './policy-endpoint.js';

/**
 * A NetworkPolicy in one direction. "If any NetworkPolicy selects the pod in a direction, exactly the union of what their rules admit is allowed": its rules
 * accept, in no order, and selecting a pod isolates it.
 */
export const actingNetworkPolicy = oncePerPolicy((settings, policy: NetworkPolicy, direction) => {
  const isolates = policy[`${direction}Isolation`];
  const { namespace } = policy;
  const manner = { policy, name: undefined, action: 'Accept', written: '', unordered: true, unreadable: false, namespace } as const;
  const rules = isolates ? policy[direction].map((rule) => new KubernetesRule(settings, rule, manner)) : [];
  return { policy, pointer: '/spec/podSelector', place: undefined, isolates, rules };
});

/** "podSelector selects the pods to which this NetworkPolicy object applies" – pods of its own namespace, all of them where the selector is empty. */
export function selectsPod(policy: NetworkPolicy, pod: Pick<PodEndpoint, 'namespace' | 'labels'>): boolean {
  return policy.namespace === pod.namespace && selectorMatches(policy.podSelector, pod.labels);
}
