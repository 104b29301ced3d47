import type { ClusterPolicy, ClusterRule } from '../../resources/cluster-policy.js';
import type { ClusterPolicyGap } from '../network-profile.js';

/**
 * Policies of the cluster as the network plugin reads them: "If an implementation sees no fields are set … it should fail closed", as one does that does not know
 * the field that is set (network-policy-api `apis/v1alpha2`, ClusterNetworkPolicyEgressPeer). The same list where nothing is unknown.
 */
export function readAsPlugin(policies: readonly ClusterPolicy[], gaps: readonly ClusterPolicyGap[]): readonly ClusterPolicy[] {
  if (gaps.length === 0) return policies;
  const read = (rules: readonly ClusterRule[]) => rules.map((rule) => readRule(rule, gaps));
  return policies.map((policy) =>
    policy.kind === 'ClusterNetworkPolicy' ? { ...policy, ingress: read(policy.ingress), egress: read(policy.egress) } : policy,
  );
}

function readRule(rule: ClusterRule, gaps: readonly ClusterPolicyGap[]): ClusterRule {
  const names: Readonly<Record<ClusterPolicyGap, boolean>> = {
    nodes: rule.peers.some(({ type }) => type === 'nodes'),
    domainNames: rule.peers.some(({ type }) => type === 'domainNames'),
    namedPorts: rule.ports.some(({ type }) => type === 'named'),
  };
  const unknown = gaps.find((gap) => names[gap]);
  if (rule.failsClosed || unknown === undefined) return rule;
  return { ...rule, failsClosed: true, unknownToPlugin: unknown === 'namedPorts' ? 'destinationNamedPort' : unknown };
}
