import type { ClusterPeer } from '../../../resources/cluster-policy.js';
import type { PolicyPeer } from '../../../resources/network-policy.js';
import { isClusterPolicy } from '../acting-cluster-policy.js';
import type { LayerRule } from '../layer.js';

/** The peers of a rule of an API whose peers can be looked up; undefined for others, which are asked about everybody. */
export function peersOf({
  policy,
  pointer,
  unreadable,
}: LayerRule): { readonly namespace: string; readonly peers: readonly (PolicyPeer | ClusterPeer)[] } | undefined {
  const [, direction, position] = /^\/spec\/(ingress|egress)\/(\d+)$/.exec(pointer) ?? [];
  if (unreadable || (direction !== 'ingress' && direction !== 'egress')) return undefined;
  if (policy.kind === 'NetworkPolicy') {
    const peers = policy[direction][Number(position)]?.peers ?? [];
    // No peer is every peer.
    return peers.length === 0 ? undefined : { namespace: policy.namespace, peers };
  }
  return isClusterPolicy(policy) ? { namespace: '', peers: policy[direction][Number(position)]?.peers ?? [] } : undefined;
}
