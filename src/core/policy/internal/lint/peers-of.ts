import type { ClusterPeer } from '../../../resources/cluster-policy.js';
import type { PolicyPeer } from '../../../resources/network-policy.js';
import type { LayerRule } from '../layer.js';

/** The peers of a rule of an API whose peers can be looked up; undefined for others, which are asked about everybody. */
export function peersOf({
  policy,
  pointer,
  unreadable,
}: LayerRule): { readonly namespace: string; readonly peers: readonly (PolicyPeer | ClusterPeer)[] } | undefined {
  const [, direction, position] = /^\/spec\/(ingress|egress)\/(\d+)$/.exec(pointer) ?? [];
  if (unreadable || (direction !== 'ingress' && direction !== 'egress')) return undefined;
  switch (policy.kind) {
    case 'NetworkPolicy': {
      const peers = policy[direction][Number(position)]?.peers ?? [];
      // No peer is every peer.
      return peers.length === 0 ? undefined : { namespace: policy.namespace, peers };
    }
    case 'AdminNetworkPolicy':
    case 'BaselineAdminNetworkPolicy':
    case 'ClusterNetworkPolicy':
      return { namespace: '', peers: policy[direction][Number(position)]?.peers ?? [] };
    default:
      return undefined;
  }
}
